/** Where the samples run: a project with the packed `vsecure` installed, compiled as a user compiles, on plain node and sh. */

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../support/packed.js';
import { type Program, startCommand } from '../support/vsecure.js';

const execute = promisify(execFile);

const SAMPLES = path.join(import.meta.dirname, 'samples');

/** What stands for the id of a request in the samples. */
const ID = 'appr_abc123';

/** npm tells of no newer one. */
const QUIET = { npm_config_update_notifier: 'false' };

export interface Running {
  readonly env: Readonly<Record<string, string>>;
  /** Put in place of those in the sample, one after the other. */
  readonly ids?: readonly string[];
}

export interface Workshop {
  readonly folder: string;
  /** In it the programs of the project are found first. */
  readonly environment: Readonly<Record<string, string>>;
  /** The words of a command that runs a sample. */
  command(sample: string, ids?: readonly string[]): [string, ...string[]];
  /** Runs a sample in the project. */
  start(sample: string, running: Running): Program;
  /** Runs any words that a shell knows. */
  shell(words: string, env: Running['env']): Program;
}

export const sourceOf = (sample: string): string =>
  readFileSync(path.join(SAMPLES, sample), 'utf8');

/** Rejects with the compiler's words when one of the TypeScript samples does not go with the types that are in the package. */
export async function openWorkshop(typescript: readonly string[]): Promise<Workshop> {
  const folder = await projectFolder();
  for (const sample of typescript) writeFileSync(path.join(folder, sample), sourceOf(sample));
  await compile(folder, typescript);
  let runs = 0;

  function command(sample: string, ids: readonly string[] = []): [string, ...string[]] {
    if (sample.endsWith('.sh'))
      return ['sh', '-ec', onTerminal(withIds(here(sourceOf(sample)), ids))];
    const script = sample.replace(/ts$/, 'js');
    runs += 1;
    const file = path.join(folder, `${runs}-${script}`);
    writeFileSync(file, withIds(readFileSync(path.join(folder, script), 'utf8'), ids));
    return [process.execPath, file];
  }

  const PATH = `${path.join(folder, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const environment = { ...QUIET, PATH };
  const start = (words: [string, ...string[]], env: Running['env']) =>
    startCommand(words, { env: { ...environment, ...env }, cwd: folder });

  return {
    folder,
    environment,
    command,
    start: (sample, { env, ids }) => start(command(sample, ids), env),
    shell: (words, env) => start(['sh', '-c', words], env),
  };
}

const withIds = (text: string, ids: readonly string[]): string =>
  ids.reduce((before, id) => before.replace(ID, id), text);

/** The samples were written on a Mac. */
const here = (text: string): string =>
  process.platform === 'linux'
    ? text.replace('~/Library/Logs/Claude/', '~/.local/state/vsecure/')
    : text;

/** As a terminal shows it: each command and then what it says. What never ends becomes the process itself, so that it can be ended. */
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
