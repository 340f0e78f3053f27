/** Starts local-slack, a third-party Slack look-alike, as a child process that never outlives this one. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** How long the look-alike may take to listen, in ms. It needs about a quarter of a second. */
const START_TIMEOUT = 15_000;

export interface LookAlikeUser {
  readonly id: string;
  readonly name: string;
  readonly realName?: string;
  readonly email?: string;
}

export interface LookAlikeChannel {
  readonly id: string;
  readonly name: string;
  readonly private?: boolean;
}

export interface LookAlikeOptions {
  /** Path of the local-slack binary, from `findLookAlike`. */
  readonly binary: string;
  /** `socket`: the bot connects to it. `http`: it posts signed requests to `requestUrl`. */
  readonly mode: 'socket' | 'http';
  readonly requestUrl?: string;
  readonly users: readonly LookAlikeUser[];
  readonly channels: readonly LookAlikeChannel[];
  /** It listens on every interface; that cannot be configured. Default: a free port. */
  readonly port?: number;
}

/** The app and bot that the look-alike accepts. None of this is a secret. */
export const LOOK_ALIKE_APP = {
  teamId: 'T01LOOKALIKE',
  appId: 'A01VSECURE',
  botUserId: 'U01VSECURE',
  botToken: 'xoxb-look-alike',
  appToken: 'xapp-look-alike',
  signingSecret: 'look-alike-signing-secret',
} as const;

export interface SlackLookAlike {
  readonly url: string;
  /** The `slackApiUrl` for a bot: ends in `/api/`. */
  readonly apiUrl: string;
  readonly port: number;
  /** Ends the process and removes its files. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** The path of the binary: `override` when given, else the installed package for this platform. */
export function findLookAlike(override?: string): string | undefined {
  if (override) return existsSync(override) ? override : undefined;
  const os = platform() === 'win32' ? 'windows' : platform();
  try {
    const entry = createRequire(import.meta.url).resolve(
      `local-slack-${os}-${arch()}/package.json`,
    );
    return join(dirname(entry), 'bin', 'local-slack');
  } catch {
    return undefined;
  }
}

/** Starts it and resolves when it listens. Throws with the program's output when it does not start. */
export async function startLookAlike(options: LookAlikeOptions): Promise<SlackLookAlike> {
  const folder = mkdtempSync(join(tmpdir(), 'look-alike-'));
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify(workspace(options)));
  const child = supervise(folder, [
    options.binary,
    ...['--config', config],
    ...['--port', String(options.port ?? 0)],
    ...['--base-host', '127.0.0.1'],
    ...['--files-dir', join(folder, 'files')],
  ]);
  try {
    const port = await listening(child);
    const url = `http://127.0.0.1:${port}`;
    return { url, apiUrl: `${url}/api/`, port, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function workspace({ mode, requestUrl, users, channels }: LookAlikeOptions) {
  const { teamId, ...app } = LOOK_ALIKE_APP;
  const members = [...users.map(({ id }) => id), app.botUserId];
  return {
    workspace: { name: 'Acme', domain: 'acme', teamId },
    app: { ...app, botName: 'vsecure', mode: mode === 'http' ? 'events' : 'socket', requestUrl },
    users: users.map(({ realName, ...user }) => ({ ...user, real_name: realName ?? user.name })),
    channels: channels.map((channel) => ({
      id: channel.id,
      name: channel.name,
      is_private: channel.private ?? false,
      members,
    })),
  };
}

/**
 * The shell runs as long as our end of its standard input is open. When this process dies, even by
 * kill -9, the shell reads end-of-file, kills the look-alike and removes its folder. It closes its
 * own output first: writing to the dead parent's pipe would kill the shell before the removal.
 */
const SUPERVISOR = `
  folder=$1; shift
  exec 3<&0
  "$@" </dev/null 3<&- & child=$!
  (read _ <&3; kill -KILL $child 2>/dev/null) & watch=$!
  exec 3<&- >/dev/null 2>&1
  wait $child; status=$?
  kill $watch 2>/dev/null
  rm -rf "$folder"
  exit $status`;

/** In its own process group, so that Ctrl-C reaches only this process, which then stops the look-alike in order. */
function supervise(folder: string, command: readonly string[]): ChildProcess {
  return spawn('/bin/sh', ['-c', SUPERVISOR, 'sh', folder, ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    // A third-party binary gets none of our environment.
    env: {},
  });
}

/** Resolves with the port, which the look-alike prints when it listens. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (problem: string) =>
      reject(new Error(`the Slack look-alike ${problem}: ${output.trim()}`));
    const timer = setTimeout(() => fail('did not start in time'), START_TIMEOUT);
    const onOutput = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-4000);
      const port = /Web API base:\s+http:\/\/[^/]*:(\d+)\//.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  const exited = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (exited) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.stdin?.end();
  });
}
