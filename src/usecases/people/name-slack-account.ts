/** The actor name that the audit trail uses for a Slack account. */

import type { PersonReads } from '../../ports/index.js';
import { strangerActor } from '../authorization/record-foreign-workspace.js';
import type { SlackActor } from './identify-slack-user.js';

/** The e-mail address of the linked person. For an unlinked account, the name under which its refused attempts are recorded. */
export type NameAccount = (account: SlackActor) => Promise<string>;

export function createNameAccount({ people }: { readonly people: PersonReads }): NameAccount {
  return async ({ teamId, userId }) =>
    (await people.bySlack(teamId, userId))?.email ?? strangerActor(teamId, userId).name;
}
