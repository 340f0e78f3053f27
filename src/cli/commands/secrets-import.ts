/** `secrets:import`: stores what a `.env` file holds, name by name. */

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { CommandFailed, UsageError } from '../command-errors.js';
import type { Io } from '../io.js';

const EXAMPLES = `
Examples:
  vsecure secrets:import .env --to staging
  vsecure secrets:import .env.production --to production --dry-run

Values are sent to the server and shown nowhere. Delete the file afterwards, or keep it out of reach of AI tools.`;

export function registerSecretsImport(program: Command, io: Io): void {
  program
    .command('secrets:import')
    .argument('<file>', 'a .env file')
    .description('store every variable of a .env file as a secret')
    .requiredOption('--to <folder>', 'where to: DATABASE_URL becomes <folder>/DATABASE_URL')
    .option('--dry-run', 'say what would be stored, and store nothing')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file, { to, dryRun, json }) => {
      const found = Object.entries(variablesOf(file)).map(
        ([name, value]) => [fullUri(`${to.replace(/\/+$/, '')}/${name}`), value ?? ''] as const,
      );
      const empty = found.filter(([, value]) => value === '').map(([uri]) => uri);
      const wanted = found.filter(([, value]) => value !== '');
      if (wanted.length === 0) throw new UsageError(`${file} names no variable with a value.`);
      for (const uri of empty) io.err(`Left out, it has no value: ${uri}`);
      const stored = dryRun ? wanted.map(([path]) => ({ path })) : await storeAll(io, wanted);
      if (json) return io.json(stored);
      for (const one of stored)
        io.out(
          'version' in one
            ? `Stored ${one.path}, version ${one.version}.`
            : `Would store ${one.path}.`,
        );
    });
}

/** The parser of Node itself, which reads such files for `node --env-file`. */
function variablesOf(file: string) {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch {
    throw new UsageError(`${file} cannot be read. Is it a .env file, with lines like NAME=value?`);
  }
}

/** One after another, so that it can be said which were stored when one fails. Doing it again does no harm. */
async function storeAll(io: Io, wanted: readonly (readonly [string, string])[]) {
  const client = io.client();
  const progress = io.progress('Storing secrets');
  const stored: { readonly path: string; readonly version: number }[] = [];
  try {
    for (const [uri, value] of wanted) {
      stored.push(await client.secrets.set(uri, value));
      progress.at(stored.length, wanted.length);
    }
    return stored;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'something went wrong';
    const at = wanted[stored.length]?.[0];
    throw new CommandFailed(
      `${stored.length} of ${wanted.length} secrets were stored; ${at} was not: ${why} Run the command again when that is mended.`,
    );
  } finally {
    progress.end();
  }
}
