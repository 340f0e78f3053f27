/** The names of people on a card: a mention, which notifies them, or their e-mail address. */

import { isGroupEntry, parseApproverEntry } from '../../domain/approver-entry.js';
import type { Person } from '../../domain/person.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clipMiddle } from '../format/clip.js';
import { code, groupMention, mention } from '../format/text-objects.js';

/** More than this and a card becomes a mailing list. */
const MENTIONS_MAX = 8;
const EMAIL_LIMIT = 80;

/** A mention when the person has an account in this workspace, else the address. */
export function personName(person: Pick<Person, 'email' | 'slack'>, teamId: string): string {
  const account = person.slack.find((one) => one.teamId === teamId);
  return account ? mention(account.userId) : emailName(person.email);
}

export const emailName = (email: string): string => code(clipMiddle(email, EMAIL_LIMIT));

/** Who decides, and how many of them: `Approvers: any one of @Alice, @Carol`. */
export function approversLine(facts: CardFacts, teamId: string): string {
  const needed = facts.policy?.minApprovals ?? 1;
  const several = new Set(facts.approvers).size > 1 || facts.approvers.some(isGroupEntry);
  if (!several) return `Approver: ${approverNames(facts, teamId)}`;
  return `Approvers: any ${needed === 1 ? 'one' : needed} of ${approverNames(facts, teamId)}`;
}

/** All approvers, the first eight of them by name. Without mentions where the policy turns them off. */
export function approverNames(facts: CardFacts, teamId: string): string {
  const { approvers, policy } = facts;
  const nameOf = (entry: string) =>
    policy?.mention === false ? plainName(entry) : mentionedName(entry, facts, teamId);
  const names = [...new Set(approvers.map(nameOf))];
  const more = names.length - MENTIONS_MAX;
  return names.slice(0, MENTIONS_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '') || 'none';
}

function mentionedName(entry: string, { approverPeople }: CardFacts, teamId: string): string {
  const named = parseApproverEntry(entry);
  if (named.kind === 'slackUser') return mention(named.userId);
  if (named.kind === 'slackGroup') return groupMention(named.groupId);
  const person = approverPeople.find(({ email }) => email === named.email);
  return person ? personName(person, teamId) : emailName(entry);
}

function plainName(entry: string): string {
  return isGroupEntry(entry) ? `the user group ${code(entry)}` : emailName(entry);
}

/** The person who decided it. Undefined when a policy or the clock did. */
export function settlerName(facts: CardFacts, teamId: string): string | undefined {
  const { approval, settledBy } = facts;
  if (settledBy) return personName(settledBy, teamId);
  return approval.status !== 'pending' && approval.settledBy
    ? emailName(approval.settledBy.email)
    : undefined;
}

/** The person who revoked the access. Undefined when vsecure or a key did. */
export const enderName = ({ endedBy }: CardFacts, teamId: string): string | undefined =>
  endedBy && personName(endedBy, teamId);

/** The people who have approved so far. */
export function voterNames({ votes, approverPeople, policy }: CardFacts, teamId: string): string {
  const nameOf = (person: Person) =>
    policy?.mention === false ? emailName(person.email) : personName(person, teamId);
  return votes
    .filter(({ verdict }) => verdict === 'approve')
    .map(({ person }) => approverPeople.find(({ id }) => id === person))
    .map((person) => (person ? nameOf(person) : 'an approver'))
    .join(', ');
}
