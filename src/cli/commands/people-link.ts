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
    .option('--yes', 'link without asking for confirmation; required without a terminal')
    .action(async (email, { slack, yes, json }) => {
      const unchanged = 'Nothing was linked.';
      await confirmNewPerson(io, email, { yes, unchanged });
      const question = `Link ${email} to ${slack.teamId}/${slack.userId} for ever? That account then decides as ${email}.`;
      await io.confirm({ question, yes, unchanged });
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
