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
  /** The end of what the server wrote to stderr. */
  log(): string;
  /** Shuts the server down: PostgreSQL ends sessions, rolls back transactions and writes its data. Resolves when it has exited. */
  stop(): Promise<void>;
}

/**
 * The shell reads from a pipe that this process writes to. When this process exits, crashes or is killed, the pipe ends, and the shell
 * sends SIGINT, which makes PostgreSQL shut down fast. It repeats the signal, because PostgreSQL ignores it until its handlers are set up.
 * The shell prints the server's process id. $1 is a folder to remove afterwards, or empty; the rest is the server's command.
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

/** Characters of the server's log that are kept. */
const LOG_MAX = 8000;

/** Starts the command under the supervisor, in its own session, so that Ctrl-C reaches this process first. */
export function supervise(command: Command, scratch = '', ids?: Ids): Supervised {
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'supervisor', scratch, ...command], {
    env: ENVIRONMENT,
    cwd: WORKING_FOLDER,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...ids,
  });
  const stdout = keepTail(child.stdout);
  const log = keepTail(child.stderr);
  const exited = ended(child, log);
  letProcessExit(child);
  const pid = () => Number(stdout.text()) || undefined;
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
  child.stdin.on('error', () => {}); // The shell may exit before this process closes its end.
  const promise = once(child, 'close') // Later than 'exit': all output has been read.
    .catch((error: unknown) => log.add(String(error)))
    .then(() => {
      over = true;
    });
  return { promise, already: () => over };
}

/** The server must not keep this process alive when it has nothing else to do. */
function letProcessExit(child: Child): void {
  child.unref();
  for (const stream of pipesOf(child)) stream.unref();
}

/** A caller waits for the server to stop, so this process must not exit before. */
function holdProcess(child: Child): void {
  child.ref();
  for (const stream of pipesOf(child)) stream.ref();
}

function pipesOf({ stdin, stdout, stderr }: Child): Socket[] {
  return [stdin, stdout, stderr].filter((stream) => stream instanceof Socket);
}
