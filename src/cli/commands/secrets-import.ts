/** `secrets:import`: stores each variable of a `.env` file as a secret. */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { SECRET_MAX_BYTES } from '../../contract/limits.js';
import { fullUri } from '../../contract/short-name.js';
import { VSecureError, type WrittenSecret } from '../../sdk/index.js';
import { CommandFailed, UsageError } from '../command-errors.js';
import { EnvFileError, type EnvVariable, parseEnvFile } from '../env-file.js';
import type { Io } from '../io.js';

const EXAMPLES = `
Examples:
  vsecure secrets:import .env --to staging
  vsecure secrets:import .env.production --to production --dry-run

The whole file is checked before anything is stored; a value that is stored already is skipped, so the command can be run again.
Values are sent to the server and never printed. Delete the file afterwards, or keep it where AI tools cannot read it.`;

export function registerSecretsImport(program: Command, io: Io): void {
  program
    .command('secrets:import')
    .argument('<file>', 'a .env file')
    .description('store every variable of a .env file as a secret')
    .requiredOption('--to <folder>', 'target folder: DATABASE_URL becomes <folder>/DATABASE_URL')
    .option('--dry-run', 'show what would be stored, without storing it')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file, { to, dryRun, json }) => {
      const variables = parseEnvFile(readBytes(file));
      const folder = to.replace(/\/+$/, '');
      const wanted = checked(variables, folder);
      for (const { name } of variables.filter(({ value }) => value === ''))
        io.err(`Skipped ${fullUri(`${folder}/${name}`)}: it has no value.`);
      if (wanted.length === 0) throw new UsageError(`${file} has no variable with a value.`);
      if (dryRun) {
        const paths = wanted.map(({ path }) => ({ path }));
        if (json) return io.json(paths);
        for (const { path } of paths) io.out(`Would store ${path}.`);
        return;
      }
      const stored = await storeAll(io, wanted);
      if (json) return io.json(stored);
      for (const { path, version, unchanged } of stored)
        io.out(
          unchanged
            ? `Unchanged ${path}, version ${version}.`
            : `Stored ${path}, version ${version}.`,
        );
    });
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(`Cannot read ${file}. It must be a .env file with lines like NAME=value.`);
  }
}

interface WantedSecret {
  readonly path: string;
  readonly value: string;
}

/** One segment of a resource, as the server checks it. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Everything that the server would refuse is found before the first value is stored. Throws EnvFileError with all lines. */
function checked(variables: readonly EnvVariable[], folder: string): readonly WantedSecret[] {
  const wanted = variables.filter(({ value }) => value !== '');
  const problems = wanted.flatMap(({ name, value, line }) => {
    if (!SEGMENT.test(name))
      return [
        `line ${line}: the name cannot be part of a resource; it must begin with a letter or digit`,
      ];
    const bytes = Buffer.byteLength(value);
    return bytes > SECRET_MAX_BYTES
      ? [`line ${line}: the value has ${bytes} bytes; ${SECRET_MAX_BYTES} are possible`]
      : [];
  });
  if (problems.length > 0) throw new EnvFileError(problems);
  return wanted.map(({ name, value }) => ({ path: fullUri(`${folder}/${name}`), value }));
}

/** Stores one secret after another, so that a failure can say what was stored. */
async function storeAll(
  io: Io,
  wanted: readonly WantedSecret[],
): Promise<readonly WrittenSecret[]> {
  const client = io.client();
  const progress = io.progress('Storing secrets');
  const stored: WrittenSecret[] = [];
  const store = ({ path, value }: WantedSecret) =>
    client.secrets.set(path, value, { skipUnchanged: true });
  try {
    for (const one of wanted) {
      stored.push(await paced(() => store(one)));
      progress.at(stored.length, wanted.length);
    }
    return stored;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'something went wrong';
    const at = wanted[stored.length]?.path;
    throw new CommandFailed(
      `Stored ${stored.length} of ${wanted.length} secrets. Storing ${at} failed: ${why} Fix this, then run the command again: it goes on where it stopped.`,
    );
  } finally {
    progress.end();
  }
}

/** Longer waits than this are not the server's limit for one minute (ms). */
const LONGEST_PAUSE = 120_000;

/** The server limits how often a key may call; this waits as long as it says and goes on. */
async function paced<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const limited = error instanceof VSecureError && error.code === 'rate_limited';
      if (!limited || (error.retryAfterMs ?? 0) > LONGEST_PAUSE) throw error;
      await sleep(error.retryAfterMs ?? 1000);
    }
  }
}
