/** `people:link`: links a person to a Slack account. */

import { type Command, InvalidArgumentError } from 'commander';
import { slackTeamId, slackUserId } from '../../contract/fields.js';
import type { Io } from '../io.js';
import { confirmNewPerson } from '../new-person.js';

export function registerPeopleLink(program: Command, io: Io): void {
  program
    .command('people:link')
    .argument('<email>')
    .description('link a person to a Slack account; this cannot be changed later')
    .requiredOption('--slack <account>', 'Slack team and user id, like T012ABC/U034DEF', account)
    .option('--json', 'print JSON')
    .option('--yes', 'do not ask when the person is unknown and almost named like a known one')
    .action(async (email, { slack, yes, json }) => {
      await confirmNewPerson(io, email, { yes, unchanged: 'Nothing was linked.' });
      const person = await io.client().people.link({ email, ...slack });
      if (json) io.json(person);
      else io.out(`${person.email} is linked to ${slack.teamId}/${slack.userId}.`);
    });
}

function account(text: string) {
  const [teamId = '', userId = '', ...more] = text.split('/');
  const wellFormed = slackTeamId.safeParse(teamId).success && slackUserId.safeParse(userId).success;
  if (wellFormed && more.length === 0) return { teamId, userId };
  throw new InvalidArgumentError(
    'Not a Slack account; use a team id and a user id, like T012ABC/U034DEF.',
  );
}
