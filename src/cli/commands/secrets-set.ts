/** `secrets:set`: store a value that comes from stdin or a hidden prompt, never from an argument. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import { templateUri } from '../resource-name.js';

export function registerSecretsSet(program: Command, io: Io): void {
  program
    .command('secrets:set')
    .argument('<path>', 'like production/DATABASE_URL')
    .description(
      'store a secret or a new version of it; the value comes from stdin or is asked for',
    )
    .option('--template', 'a configuration template, with no secret in it')
    .option('--json', 'as JSON')
    .action(async (path, { template, json }) => {
      const uri = template ? templateUri(path) : fullUri(path);
      const client = io.client();
      const value = io.interactive ? await io.askHidden(`Value of ${uri}: `) : await piped(io);
      if (value === '') throw new UsageError('There is no value: give one on stdin.');
      const stored = await client.secrets.set(uri, value);
      if (json) io.json(stored);
      else io.out(`Stored ${stored.path}, version ${stored.version}.`);
    });
}

/** The line break that `echo` and editors put at the end is not part of the value; others are. */
async function piped(io: Io): Promise<string> {
  const text = utf8(await io.input());
  return text.replace(/\r?\n$/, '');
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError('The value is not UTF-8 text. Encode it first, with base64 for example.');
  }
}
