/** `keys:create`: creates an API key and prints it once. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { keyClass, scope } from '../../contract/fields.js';
import type { Io } from '../io.js';
import { confirmNewPerson } from '../new-person.js';

export function registerKeysCreate(program: Command, io: Io): void {
  program
    .command('keys:create')
    .description('create an API key and print it once')
    .requiredOption(
      '--name <name>',
      'name of the tool or person that uses the key, like claude-desktop',
    )
    .addOption(
      new Option('--class <class>', 'class of the key: limits which scopes it can have')
        .choices(keyClass.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--owner <email>', 'e-mail address of the person who owns the key')
    .option(
      '--scopes <list>',
      'scopes, like audit:read,secrets:list (default: all scopes of the class)',
      scopes,
    )
    .option('--expires <duration>', 'expire after this time, like 90d (default: never)')
    .option(
      '--additional',
      'create another key for an existing name, to replace a key without downtime',
    )
    .option('--json', 'print JSON')
    .option(
      '--yes',
      'create without asking for confirmation; required without a terminal when there is a question',
    )
    .action(async ({ json, yes, ...request }) => {
      const unchanged = 'No key was created.';
      await confirmNewPerson(io, request.owner, { yes, unchanged });
      if (request.class === 'human') {
        const question = `Create a key that decides as ${request.owner}?`;
        await io.confirm({ question, yes, unchanged });
      }
      const created = await io.client().keys.create(request);
      if (json) return io.json(created);
      io.out(created.token);
      const expiry = created.expiresAt
        ? `expires ${created.expiresAt.slice(0, 10)}`
        : 'never expires';
      io.err(
        `Created key ${created.id} (${created.name}), class ${created.class}, owner ${created.owner}, ${expiry}.`,
      );
      io.err('The key is shown only this once. Store it where only its owner can read it.');
      const missing = WITHOUT_MESSAGES[created.ownerInSlack ?? 'linked'];
      if (missing) io.err(`Warning: ${missing}`);
    });
}

/** The owner gets no message about the key's requests, and so no *Not me*. */
const WITHOUT_MESSAGES = {
  linked: undefined,
  unknown:
    'no Slack account has the address of the owner, so the owner gets no message about the requests of this key. Link one with people:code, or name an owner who has one.',
  unavailable:
    'Slack is not connected or did not answer, so the owner gets no message about the requests of this key. vsecure finds their account once Slack answers.',
} as const;

function scopes(text: string) {
  const read = scope.array().min(1).safeParse(text.split(','));
  if (read.success) return read.data;
  throw new InvalidArgumentError(`Not a list of scopes; use ${scope.options.join(', ')}.`);
}
