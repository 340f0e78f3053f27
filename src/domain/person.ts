/** People: owners of keys and approvers. A person is a record in vsecure; the human at an AI tool is a tool user. */

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
  /** False for a deactivated person, whose keys and decisions are refused. */
  readonly active: boolean;
  /** True for a removed person: not listed, never active, without a Slack account. */
  readonly removed?: boolean;
  /** At most one for each Slack team. */
  readonly slack: readonly SlackAccount[];
}

/** Whether an approver entry means this person, by e-mail address or by a Slack user id of the connected workspace. A group entry means no single person. */
export function isNamedBy(person: Person, entry: string): boolean {
  const named = parseApproverEntry(entry);
  if (named.kind === 'email') return person.email === named.email;
  return named.kind === 'slackUser' && person.slack.some(({ userId }) => userId === named.userId);
}
