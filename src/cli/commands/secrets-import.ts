/** `secrets:import`: stores each variable of a `.env` file as a secret. */

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
      const variables = Object.entries(variablesOf(file)).map(
        ([name, value]) => [fullUri(`${to.replace(/\/+$/, '')}/${name}`), value ?? ''] as const,
      );
      const empty = variables.filter(([, value]) => value === '').map(([uri]) => uri);
      const wanted = variables.filter(([, value]) => value !== '');
      if (wanted.length === 0) throw new UsageError(`${file} has no variable with a value.`);
      for (const uri of empty) io.err(`Skipped ${uri}: it has no value.`);
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

/** Uses Node's own parser, the one behind `node --env-file`. */
function variablesOf(file: string) {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch {
    throw new UsageError(`Cannot read ${file}. It must be a .env file with lines like NAME=value.`);
  }
}

/** Stores one secret at a time, so that the error of a failure can say which ones were stored. Running it again is safe. */
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
      `Stored ${stored.length} of ${wanted.length} secrets. Storing ${at} failed: ${why} Fix this, then run the command again.`,
    );
  } finally {
    progress.end();
  }
}
