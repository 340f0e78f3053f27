/** Under which name is what a Slack account did on record? */

import type { PersonReads } from '../domain/ports.js';
import type { Presser } from './identify-presser.js';
import { strangerActor } from './record-foreign.js';

/** The address of its person; for an account that is nobody's, the name that its refused attempts are under. */
export type NameAccount = (account: Presser) => Promise<string>;

export function createNameAccount({ people }: { readonly people: PersonReads }): NameAccount {
  return async ({ teamId, userId }) =>
    (await people.bySlack(teamId, userId))?.email ?? strangerActor(teamId, userId).name;
}
