/** Approver entries: e-mail addresses, Slack users and Slack user groups, distinguished by their form. */

import { expect, test } from 'vitest';
import {
  type ApproverEntry,
  canonicalEntries,
  emailsAmong,
  formatApproverEntry,
  isGroupEntry,
  parseApproverEntry,
} from '../../src/domain/approver-entry.js';

const email = (address: string): ApproverEntry => ({ kind: 'email', email: address });

test.each<[string, ApproverEntry]>([
  ['john@example.com', email('john@example.com')],
  ['John@Example.com', email('john@example.com')],
  ['S1@example.com', email('s1@example.com')],
  ['admin@localhost', email('admin@localhost')],
  ['U0123ABC', { kind: 'slackUser', userId: 'U0123ABC' }],
  ['W0123ABC', { kind: 'slackUser', userId: 'W0123ABC' }],
  ['S0123PLATFORM', { kind: 'slackGroup', groupId: 'S0123PLATFORM' }],
])('%s is read as %j', (text, entry) => {
  expect(parseApproverEntry(text)).toEqual(entry);
  expect(parseApproverEntry(formatApproverEntry(entry))).toEqual(entry);
});

test.each(['u0123abc', 'U', 'S', 'C0123ABC', 'U0123_ABC', `U${'1'.repeat(31)}`, ''])(
  '%j has none of these forms and is read as an address that no person has',
  (text) => {
    expect(parseApproverEntry(text)).toEqual(email(text.toLowerCase()));
  },
);

test('entries that mean the same are one entry', () => {
  const texts = ['John@example.com', 'U1', 'john@EXAMPLE.com', 'S1', 'U1'];
  expect(canonicalEntries(texts)).toEqual(['john@example.com', 'U1', 'S1']);
  expect(emailsAmong(texts)).toEqual(['john@example.com']);
  expect(texts.filter(isGroupEntry)).toEqual(['S1']);
});
