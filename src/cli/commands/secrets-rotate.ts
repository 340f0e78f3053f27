/** `secrets:rotate`: replaces a value with a random one that the server generates and never shows. */

import { type Command, InvalidArgumentError } from 'commander';
import { TOKEN_LENGTH_MAX, TOKEN_LENGTH_MIN } from '../../contract/limits.js';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';

export function registerSecretsRotate(program: Command, io: Io): void {
  program
    .command('secrets:rotate')
    .argument('<path>', 'path, like staging/SESSION_KEY')
    .description('replace a value with a random one that the server generates and never shows')
    .option('--length <characters>', 'length of the new value', lengthOf)
    .option('--json', 'print JSON')
    .action(async (path, { length, json }) => {
      const uri = fullUri(path);
      const generate = length === undefined ? {} : { length };
      const rotated = await io.client().secrets.rotate(uri, { generate });
      if (json) io.json(rotated);
      else io.out(`Rotated ${rotated.path}, version ${rotated.version}.`);
    });
}

function lengthOf(text: string): number {
  const length = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (length < TOKEN_LENGTH_MIN || length > TOKEN_LENGTH_MAX)
    throw new InvalidArgumentError(`Not a length; use ${TOKEN_LENGTH_MIN} to ${TOKEN_LENGTH_MAX}.`);
  return length;
}
