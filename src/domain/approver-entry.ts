/** How a policy names those who may decide: by e-mail address, by Slack user or by Slack user group. Policies store and send the text. */

import { asciiLower, isAscii } from './ascii.js';
import { SLACK_GROUP_ID, SLACK_USER_ID } from './vocabulary.js';

export type ApproverEntry =
  /** In lower case. */
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'slackUser'; readonly userId: string }
  | { readonly kind: 'slackGroup'; readonly groupId: string };

/** Text of any other form reads as an e-mail address, which then belongs to no person. */
export function parseApproverEntry(text: string): ApproverEntry {
  if (SLACK_USER_ID.test(text)) return { kind: 'slackUser', userId: text };
  if (SLACK_GROUP_ID.test(text)) return { kind: 'slackGroup', groupId: text };
  return { kind: 'email', email: asciiLower(text) };
}

/** The canonical text: `parseApproverEntry` reads it back as the same entry. */
export function formatApproverEntry(entry: ApproverEntry): string {
  if (entry.kind === 'slackUser') return entry.userId;
  return entry.kind === 'slackGroup' ? entry.groupId : entry.email;
}

/** The canonical texts, each of them once. */
export const canonicalEntries = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.map((text) => formatApproverEntry(parseApproverEntry(text)))),
];

export const isGroupEntry = (text: string): boolean =>
  parseApproverEntry(text).kind === 'slackGroup';

/** The e-mail addresses among the entries, each of them once. A text with other characters than ASCII is none. */
export function emailsAmong(texts: readonly string[]): readonly string[] {
  const emails = texts.map(parseApproverEntry).filter((entry) => entry.kind === 'email');
  return [...new Set(emails.map(({ email }) => email).filter(isAscii))];
}
