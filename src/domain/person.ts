/** People: who owns keys and who may decide. */

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

/** An approver entry names a person by e-mail, or by a Slack user id of the connected workspace. */
export function isNamedBy(person: Person, entry: string): boolean {
  return (
    person.email === entry.toLowerCase() || person.slack.some(({ userId }) => userId === entry)
  );
}
