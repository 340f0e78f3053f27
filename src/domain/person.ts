/** People: who owns keys and who may decide. */

import { parseApproverEntry } from './approver-entry.js';
import type { Role } from './vocabulary.js';

export type PersonId = `prsn_${string}`;

export interface SlackAccount {
  readonly teamId: string;
  readonly userId: string;
}

export interface Person {
  readonly id: PersonId;
  /** Lower case. */
  readonly email: string;
  readonly role: Role;
  /** False once a person has left: nothing of theirs works any more. */
  readonly active: boolean;
  /** At most one for each Slack team. */
  readonly slack: readonly SlackAccount[];
}

/** Does an approver entry name this person, by e-mail or by a Slack user id of the connected workspace? A group names no person by itself. */
export function isNamedBy(person: Person, entry: string): boolean {
  const named = parseApproverEntry(entry);
  if (named.kind === 'email') return person.email === named.email;
  return named.kind === 'slackUser' && person.slack.some(({ userId }) => userId === named.userId);
}
