/** `secrets:set`: stores a value from stdin or a hidden prompt, never from an argument. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import { templateUri } from '../resource-name.js';

export function registerSecretsSet(program: Command, io: Io): void {
  program
    .command('secrets:set')
    .argument('<path>', 'path, like production/DATABASE_URL')
    .description(
      'store a secret, or a new version of it; the value comes from stdin or a hidden prompt',
    )
    .option('--template', 'store a configuration template, which contains no secret')
    .option('--json', 'print JSON')
    .action(async (path, { template, json }) => {
      const uri = template ? templateUri(path) : fullUri(path);
      const client = io.client();
      const value = io.interactive ? await io.askHidden(`Value of ${uri}: `) : await piped(io);
      if (value === '') throw new UsageError('No value. Pipe one to stdin.');
      const stored = await client.secrets.set(uri, value);
      if (json) io.json(stored);
      else io.out(`Stored ${stored.path}, version ${stored.version}.`);
    });
}

/** Removes the one final line break that `echo` and editors add. All other line breaks are part of the value. */
async function piped(io: Io): Promise<string> {
  const text = utf8(await io.input());
  return text.replace(/\r?\n$/, '');
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError('The value is not UTF-8 text. Encode it first, for example with base64.');
  }
}
