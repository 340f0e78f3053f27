/** Runs the samples in a project that has the packed `vsecure` installed: compiled with tsc, run with node and sh. */

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../support/packed.js';
import { type Program, startCommand } from '../support/vsecure.js';

const execute = promisify(execFile);

const SAMPLES = path.join(import.meta.dirname, 'samples');

/** Placeholder for a request id in the samples. */
const ID = 'appr_abc123';

/** Keeps npm from printing update notices. */
const QUIET = { npm_config_update_notifier: 'false' };

export interface Running {
  readonly env: Readonly<Record<string, string>>;
  /** Replace the placeholder ids in the sample, in order. */
  readonly ids?: readonly string[];
}

export interface Workshop {
  readonly folder: string;
  /** Its PATH finds the programs of the project first. */
  readonly environment: Readonly<Record<string, string>>;
  /** The command line that runs a sample. */
  command(sample: string, ids?: readonly string[]): [string, ...string[]];
  /** Runs a sample in the project. */
  start(sample: string, running: Running): Program;
  /** Runs a shell command. */
  shell(script: string, env: Running['env']): Program;
}

export const sourceOf = (sample: string): string =>
  readFileSync(path.join(SAMPLES, sample), 'utf8');

/** Compiles the TypeScript samples. Rejects with the compiler's output when one does not match the types in the package. */
export async function openWorkshop(typescript: readonly string[]): Promise<Workshop> {
  const folder = await projectFolder();
  for (const sample of typescript) writeFileSync(path.join(folder, sample), sourceOf(sample));
  await compile(folder, typescript);
  let runs = 0;

  function command(sample: string, ids: readonly string[] = []): [string, ...string[]] {
    if (sample.endsWith('.sh'))
      return ['sh', '-ec', onTerminal(withIds(forThisPlatform(sourceOf(sample)), ids))];
    const script = sample.replace(/ts$/, 'js');
    runs += 1;
    const file = path.join(folder, `${runs}-${script}`);
    writeFileSync(file, withIds(readFileSync(path.join(folder, script), 'utf8'), ids));
    return [process.execPath, file];
  }

  const PATH = `${path.join(folder, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const environment = { ...QUIET, PATH };
  const start = (argv: [string, ...string[]], env: Running['env']) =>
    startCommand(argv, { env: { ...environment, ...env }, cwd: folder });

  return {
    folder,
    environment,
    command,
    start: (sample, { env, ids }) => start(command(sample, ids), env),
    shell: (script, env) => start(['sh', '-c', script], env),
  };
}

const withIds = (text: string, ids: readonly string[]): string =>
  ids.reduce((before, id) => before.replace(ID, id), text);

/** Replaces the macOS log path in the samples. */
const forThisPlatform = (text: string): string =>
  process.platform === 'linux'
    ? text.replace('~/Library/Logs/Claude/', '~/.local/state/vsecure/')
    : text;

/** Prints each command before its output, as a terminal shows it. `tail -f` replaces the shell, so that the test can stop it. */
const onTerminal = (text: string): string =>
  `exec 2>&1\n${text}`.replace(
    /^(?:vsecure|npx|tail) (?:.*\\\n)*.*$/gm,
    (command) => `cat <<'SHOWN'\n$ ${command}\nSHOWN\n${command.replace(/^tail/, 'exec tail')}`,
  );

async function compile(folder: string, files: readonly string[]): Promise<void> {
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    skipLibCheck: false,
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = path.resolve('node_modules/typescript/bin/tsc');
  await execute(process.execPath, [tsc, '-p', folder]).catch(({ stdout }) => {
    throw new Error(`the samples do not compile:\n${stdout}`);
  });
}
