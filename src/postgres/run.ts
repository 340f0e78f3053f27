/** Runs one of the server's programs to its end, as the user it should be. */
import { execFile } from 'node:child_process';

/** A real user and group to become. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** All that the server's programs see of the environment: no PG* variable of ours can steer them. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Where the programs start: a dropped user may not enter the folder that this process stands in. */
export const WORKING_FOLDER = '/';

/** How a program ended and what it printed. Never rejects: a program that cannot start has failed. */
export function run(
  [program, ...args]: Command,
  ids?: Ids,
): Promise<{ ok: boolean; said: string }> {
  return new Promise((resolve) => {
    const options = { env: ENVIRONMENT, cwd: WORKING_FOLDER, ...ids };
    execFile(program, args, options, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, said: said || (error?.message ?? '') });
    });
  });
}
