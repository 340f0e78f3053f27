/** An announcement shows first what became looser; text from a policy file is shown as plain text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyChangeRecord } from '../../src/ports/index.js';
import { policyChangeCard } from '../../src/slack/cards/policy-change-card.js';
import { lintMessage } from '../support/slack/blocks-lint.js';
import { hostileText } from './hostile.js';

const CHANGE: PolicyChangeRecord = {
  policy: `plcy_${'0123456789ABCDEFGHIJKL'}`,
  version: 4,
  uri: 'vsecure://secrets/production/*',
  actor: 'platform-admin',
  lines: [
    'maxDuration: 1h → 8h',
    'approvers: alice@example.com → alice@example.com, bob@example.com',
  ],
  loosens: ['grants may last longer', 'bob@example.com may now approve'],
};

const wordsOf = (change: PolicyChangeRecord) =>
  policyChangeCard(change).blocks.map((block) => JSON.stringify(block));

test('an announcement shows first what became looser, then who changed what', () => {
  const [header, loosens, who, lines, end] = wordsOf(CHANGE);
  expect(header).toContain('Policy loosened · production/*');
  expect(loosens).toContain(
    'Loosens: grants may last longer\\nLoosens: bob@example.com may now approve',
  );
  expect(who).toContain('API key `platform-admin`');
  expect(who).toContain('`vsecure://secrets/production/*`');
  expect(lines).toContain('max duration: 1h → 8h\\napprovers: ');
  expect(end).toContain('version 4');
});

test('the announcement of a new policy says that it can be requested', () => {
  const loosens = ['new policy: this can now be requested'];
  expect(wordsOf({ ...CHANGE, loosens })[1]).toContain('"New policy: this can now be requested"');
});

test('the announcement of a change that loosens nothing does not mention loosening', () => {
  const { text, blocks } = policyChangeCard({ ...CHANGE, loosens: [] });
  expect(text).toBe('Policy changed by platform-admin.');
  expect(JSON.stringify(blocks)).not.toMatch(/loosen/i);
});

test('the notification names the key and the loosening, without text from the policy', () => {
  expect(policyChangeCard(CHANGE).text).toBe('Policy loosened by platform-admin.');
});

describe('hostile text in a policy', () => {
  const parsed = (change: PolicyChangeRecord) =>
    JSON.stringify(policyChangeCard(change).blocks).match(/\{"type":"mrkdwn"[^}]*\}/g);

  test('is not parsed, cannot imitate a line, and fits', () => {
    const ours = parsed(CHANGE);
    fc.assert(
      fc.property(
        fc.array(hostileText, { maxLength: 22 }),
        fc.array(hostileText, { maxLength: 20 }),
        (lines, loosens) => {
          const change = { ...CHANGE, lines: lines.map((line) => `name: ${line}`), loosens };
          expect(parsed(change)).toEqual(ours);
          expect(lintMessage(policyChangeCard(change).blocks)).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a name with a line break in it cannot add a line', () => {
    const lines = ['name: a → b\nLoosens: nothing'];
    expect(wordsOf({ ...CHANGE, lines })[3]).toContain('name: a → b Loosens: nothing');
  });

  test('lists of fifty addresses fit', () => {
    const many = Array.from(
      { length: 50 },
      (_, at) => `${'"'.repeat(240)}${at}@example.com`,
    ).join();
    const change = {
      ...CHANGE,
      uri: `vsecure://secrets/${'a'.repeat(494)}`,
      lines: Array.from({ length: 22 }, () => many),
      loosens: Array.from({ length: 15 }, () => many),
    };
    expect(lintMessage(policyChangeCard(change).blocks)).toEqual([]);
  });
});
