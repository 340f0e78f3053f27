/** `secrets:rotate`: a new value that the server makes, and nobody sees. */

import { type Command, InvalidArgumentError } from 'commander';
import { TOKEN_LENGTH_MAX, TOKEN_LENGTH_MIN } from '../../contract/limits.js';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';

export function registerSecretsRotate(program: Command, io: Io): void {
  program
    .command('secrets:rotate')
    .argument('<path>', 'like staging/SESSION_KEY')
    .description('replace a value by a random one that the server makes and never shows')
    .option('--length <characters>', 'how long it is to be', lengthOf)
    .option('--json', 'as JSON')
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
    throw new InvalidArgumentError(`${TOKEN_LENGTH_MIN} to ${TOKEN_LENGTH_MAX}.`);
  return length;
}
