/** Keeps a server running for exactly as long as this process lives, however this process ends. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type Command, ENVIRONMENT, type Ids, WORKING_FOLDER } from './run.js';

/** A server under supervision. */
export interface Supervised {
  hasExited(): boolean;
  /** The server's process id, as soon as it is known. */
  pid(): number | undefined;
  /** The last words of the server on stderr. */
  log(): string;
  /** Shuts the server down: sessions are ended, transactions rolled back, data written. Resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * The shell holds the reading end of our pipe. When we exit, crash or are killed, the pipe ends, and SIGINT tells
 * PostgreSQL to shut down fast: again and again, because it is deaf until it has set up its handlers.
 * It prints the server's process id. $1 is a folder to remove afterwards, or empty; the rest is the server's command.
 */
const SUPERVISOR = `
scratch=$1; shift
exec 3<&0
"$@" </dev/null >/dev/null 3<&- &
server=$!
echo $server
exec >/dev/null
trap 'kill -INT $server 2>/dev/null' TERM INT
(read -r _ <&3; while kill -INT $server; do sleep 1; done) 2>/dev/null &
watcher=$!
exec 3<&-
while :; do
  wait $server; code=$?
  kill -0 $server 2>/dev/null || break
done
kill $watcher 2>/dev/null
[ -z "$scratch" ] || rmdir "$scratch" 2>/dev/null
exit $code`;

/** Characters of the server's log to keep. */
const LOG_MAX = 8000;

/** Starts the command under the supervisor, in a session of its own so that Ctrl-C reaches us first. */
export function supervise(command: Command, scratch = '', ids?: Ids): Supervised {
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'supervisor', scratch, ...command], {
    env: ENVIRONMENT,
    cwd: WORKING_FOLDER,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...ids,
  });
  const said = keepTail(child.stdout);
  const log = keepTail(child.stderr);
  const exited = ended(child, log);
  letProcessExit(child);
  const pid = () => Number(said.text()) || undefined;
  return { hasExited: exited.already, log: log.text, pid, stop };

  async function stop(): Promise<void> {
    holdProcess(child);
    child.stdin.end();
    await exited.promise;
  }
}

type Child = ChildProcessWithoutNullStreams;
type Tail = ReturnType<typeof keepTail>;

function keepTail(stream: Readable) {
  let tail = '';
  const add = (chunk: string | Buffer): void => {
    tail = `${tail}${chunk}`.slice(-LOG_MAX);
  };
  stream.on('data', add);
  return { text: () => tail.trim(), add };
}

function ended(child: Child, log: Tail) {
  let over = false;
  child.stdin.on('error', () => {}); // The shell may be gone before we close our end.
  const promise = once(child, 'close') // Later than 'exit': by now all that it said has been read.
    .catch((error: unknown) => log.add(String(error)))
    .then(() => {
      over = true;
    });
  return { promise, already: () => over };
}

/** A server must not keep alive a process that has nothing else to do. */
function letProcessExit(child: Child): void {
  child.unref();
  for (const stream of pipesOf(child)) stream.unref();
}

/** Somebody waits for the end of the server: the process must live to see it. */
function holdProcess(child: Child): void {
  child.ref();
  for (const stream of pipesOf(child)) stream.ref();
}

function pipesOf({ stdin, stdout, stderr }: Child): Socket[] {
  return [stdin, stdout, stderr].filter((stream) => stream instanceof Socket);
}
