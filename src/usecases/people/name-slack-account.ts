/** Under which name is what a Slack account did on record? */

import type { PersonReads } from '../../ports/index.js';
import { strangerActor } from '../authorization/record-foreign-workspace.js';
import type { SlackActor } from './identify-slack-user.js';

/** The address of its person; for an account that is nobody's, the name that its refused attempts are under. */
export type NameAccount = (account: SlackActor) => Promise<string>;

export function createNameAccount({ people }: { readonly people: PersonReads }): NameAccount {
  return async ({ teamId, userId }) =>
    (await people.bySlack(teamId, userId))?.email ?? strangerActor(teamId, userId).name;
}
