/** `people:link`: say which Slack account is a person's. */

import { type Command, InvalidArgumentError } from 'commander';
import { slackTeamId, slackUserId } from '../../contract/fields.js';
import type { Io } from '../io.js';

export function registerPeopleLink(program: Command, io: Io): void {
  program
    .command('people:link')
    .argument('<email>')
    .description('link a person to their Slack account, once')
    .requiredOption('--slack <account>', 'team and user id, like T012ABC/U034DEF', account)
    .option('--json', 'as JSON')
    .action(async (email, { slack, json }) => {
      const person = await io.client().people.link({ email, ...slack });
      if (json) io.json(person);
      else io.out(`${person.email} is linked to ${slack.teamId}/${slack.userId}.`);
    });
}

function account(text: string) {
  const [teamId = '', userId = '', ...more] = text.split('/');
  const wellFormed = slackTeamId.safeParse(teamId).success && slackUserId.safeParse(userId).success;
  if (wellFormed && more.length === 0) return { teamId, userId };
  throw new InvalidArgumentError('It is a team id and a user id, like T012ABC/U034DEF.');
}
