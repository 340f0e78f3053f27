/** Runs one of the server's programs to its end, as the given user. */
import { execFile } from 'node:child_process';

/** The user and group that a program runs as. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** The environment of the server's programs. It contains no PG* variable of this process, which could change what they do. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** The programs' working folder: an unprivileged user may not be able to enter this process's folder. */
export const WORKING_FOLDER = '/';

/** How a program ended and what it printed. Never rejects: a program that cannot start has failed. */
export function run(
  [program, ...args]: Command,
  ids?: Ids,
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const options = { env: ENVIRONMENT, cwd: WORKING_FOLDER, ...ids };
    execFile(program, args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, output: output || (error?.message ?? '') });
    });
  });
}
