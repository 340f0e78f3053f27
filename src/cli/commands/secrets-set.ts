/** `secrets:set`: stores a value from stdin or a hidden prompt, never from an argument. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { utf8Text } from '../../contract/utf8.js';
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
      const given = io.interactive ? await io.askHidden(`Value of ${uri}: `) : await piped(io);
      const value = withoutEchoedBreak(given);
      if (value !== given)
        io.err('Removed the line break at the end of the value, which echo and prompts add.');
      if (value === '') throw new UsageError('No value. Pipe one to stdin.');
      const stored = await client.secrets.set(uri, value);
      if (json) io.json(stored);
      else io.out(`Stored ${stored.path}, version ${stored.version}.`);
    });
}

/** Exactly the bytes of stdin: a key file that loses its last line break cannot be read any more. */
async function piped(io: Io): Promise<string> {
  const value = utf8Text(await io.input());
  if (value !== undefined) return value;
  throw new UsageError('The value is not UTF-8 text. Encode it first, for example with base64.');
}

/** A value of one line loses its one line break; a value of several lines is a file and stays as it is. */
const withoutEchoedBreak = (value: string): string =>
  /^[^\r\n]+\r?\n$/.test(value) ? value.replace(/\r?\n$/, '') : value;
