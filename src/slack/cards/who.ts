/** People as a card names them: by a mention that rings their phone, or by their e-mail. */

import type { Person } from '../../domain/person.js';
import type { CardFacts } from '../../usecases/card-facts.js';
import { clipMiddle } from '../clip.js';
import { code, mention } from '../text-objects.js';

/** More than this and a card becomes a mailing list. */
const MENTIONS_MAX = 8;
const EMAIL_SHOWN = 80;
const SLACK_USER = /^[UW][A-Z0-9]{1,30}$/;

/** A mention when the person has an account in this workspace, else the address. */
export function personName(person: Pick<Person, 'email' | 'slack'>, teamId: string): string {
  const account = person.slack.find((one) => one.teamId === teamId);
  return account ? mention(account.userId) : emailName(person.email);
}

export const emailName = (email: string): string => code(clipMiddle(email, EMAIL_SHOWN));

/** Everybody who may decide, the first eight of them by name. */
export function approverNames({ approvers, approverPeople }: CardFacts, teamId: string): string {
  const nameOf = (entry: string): string => {
    if (SLACK_USER.test(entry)) return mention(entry);
    const person = approverPeople.find(({ email }) => email === entry.toLowerCase());
    return person ? personName(person, teamId) : emailName(entry);
  };
  const names = [...new Set(approvers.map(nameOf))];
  const more = names.length - MENTIONS_MAX;
  return names.slice(0, MENTIONS_MAX).join(' ') + (more > 0 ? ` +${more}` : '') || 'nobody';
}

/** Who settled it, as far as a person did. */
export function settlerName(facts: CardFacts, teamId: string): string | undefined {
  const { approval, settledBy } = facts;
  if (settledBy) return personName(settledBy, teamId);
  return approval.status !== 'pending' && approval.settledBy
    ? emailName(approval.settledBy.email)
    : undefined;
}

/** The people who have said yes so far. */
export function voterNames({ votes, approverPeople }: CardFacts, teamId: string): string {
  return votes
    .filter(({ verdict }) => verdict === 'approve')
    .map(({ person }) => approverPeople.find(({ id }) => id === person))
    .map((person) => (person ? personName(person, teamId) : 'an approver'))
    .join(' ');
}
