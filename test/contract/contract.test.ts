/** The contract agrees with the domain it stands for, and takes nothing that it does not know. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approver, duration, email } from '../../src/contract/fields.js';
import { policyDocument } from '../../src/contract/policy-document.js';
import { sentenceOf } from '../../src/contract/problem-sentence.js';
import type { Route } from '../../src/contract/route.js';
import { ROUTES } from '../../src/contract/routes.js';
import { formatDuration, parseDuration } from '../../src/domain/duration.js';
import { DAY } from '../../src/domain/limits.js';

const EVERY: readonly Route[] = Object.values(ROUTES).flatMap((verbs) => Object.values(verbs));

describe('durations', () => {
  const part = (unit: string) =>
    fc.tuple(fc.nat(9_999_999), fc.constant(unit)).map(([count, name]) => `${count}${name}`);
  const written = fc
    .array(fc.oneof(part('d'), part('h'), part('m'), part('s'), fc.string({ maxLength: 2 })))
    .map((parts) => parts.join(''));

  test('the wire takes exactly what the domain can read', () => {
    fc.assert(
      fc.property(written, (text) => {
        expect(duration.safeParse(text).success).toBe(parseDuration(text) !== undefined);
      }),
    );
  });

  test('whatever the server writes, it can read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * 86_400 }), (seconds) => {
        const text = formatDuration(seconds * 1000);
        expect(parseDuration(duration.parse(text))).toBe(seconds * 1000);
      }),
    );
    expect(duration.parse(formatDuration(7 * DAY))).toBe('7d');
  });
});

describe('routes', () => {
  test('no two are the same, and each says what it does', () => {
    const calls = EVERY.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(calls).size).toBe(calls.length);
    expect(EVERY.every(({ summary }) => summary.endsWith('.'))).toBe(true);
  });

  test('none takes a parameter or field that it does not know', () => {
    for (const { params, query, body } of EVERY)
      for (const part of [params, query, body]) {
        const codes = part.safeParse({ surprise: 1 }).error?.issues.map(({ code }) => code);
        expect(codes).toContain('unrecognized_keys');
      }
  });
});

describe('approvers', () => {
  test.each(['alice@example.com', 'admin@localhost', 'U012ABCDE', 'W012ABCDE', 'S012ABCDE'])(
    '%s',
    (entry) => {
      expect(approver.safeParse(entry).success).toBe(true);
    },
  );
  test.each(['alice', 'C012ABCDE', '@alice', '<@U012>', 'U', 'u012abc', '', 'a@b c', 'a@b\n'])(
    'not %j',
    (entry) => {
      expect(approver.safeParse(entry).success).toBe(false);
    },
  );
});

describe('what is wrong with a policy', () => {
  const said = (fields: object) =>
    policyDocument
      .safeParse({ uri: 'vsecure://secrets/a', ...fields })
      .error?.issues.map(sentenceOf)
      .join('; ');

  const WRONG: readonly (readonly [object, string])[] = [
    [{ approvers: [7] }, 'approvers[0]: a number; write e-mail addresses, Slack user ids'],
    [{ approvers: 'a@b.example' }, 'approvers: text; write a list of at most 50'],
    [{ approvers: ['alice'] }, 'approvers[0]: text of another form; write e-mail addresses'],
    [{ approvers: Array(51).fill('a@b.c') }, 'approvers: a list of another length; write a list'],
    [{ requesters: [true] }, 'requesters[0]: true or false; write names of API keys'],
    [{ permissions: ['own'] }, 'permissions[0]: text of another form; write a list of operations'],
    [{ requiresApproval: 'yes' }, 'requiresApproval: text; write true or false'],
    [{ minApprovals: 0 }, 'minApprovals: a number out of range; write a whole number from 1 to 10'],
    [{ minApprovals: 1.5 }, 'minApprovals: a number; write a whole number'],
    [{ maxUses: null }, 'maxUses: nothing; write a whole number'],
    [{ maxDuration: 60 }, 'maxDuration: a number; write a duration such as 30m'],
    [{ channel: '#secrets' }, 'channel: text of another form; write the id of a Slack channel'],
    [{ autoApprove: true }, 'autoApprove: true or false; write enabled, and conditions'],
    [{ autoApprove: {} }, 'autoApprove.enabled: nothing; write true or false'],
    [{ autoApprove: { enabled: true, conditions: [] } }, 'autoApprove.conditions: a list; write'],
    [{ escalateTo: [] }, 'escalateTo: a list of another length; write at least one'],
    [{ aproovers: [] }, 'unknown field aproovers'],
  ];
  test.each(WRONG)('%j', (fields, sentence) => {
    expect(said(fields)).toContain(sentence);
  });

  test.each([[7], [[7]], [{}]])('a time window that is %j', (timeWindow) => {
    const kind = Array.isArray(timeWindow) ? 'a list with a number in it' : undefined;
    const told = said({ autoApprove: { enabled: true, conditions: { timeWindow } } });
    expect(told).toContain('autoApprove.conditions.timeWindow: ');
    expect(told).toContain(kind ?? (typeof timeWindow === 'number' ? 'a number' : 'an object'));
    expect(told).toContain('write a time window such as Mon-Fri 09:00-17:00');
  });

  test('never repeats what was sent, but for plain names of fields', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(policyDocument.shape)),
        fc.string(),
        (field, text) => {
          const canary = `canary-${text}-canary`;
          for (const value of [canary, [canary], { [`€${canary}`]: canary }])
            expect(said({ [field]: value }) ?? '').not.toContain(`canary-${text}`);
        },
      ),
    );
  });
});

test('an e-mail address never holds what a terminal, a mail header or a mention would obey', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = email.safeParse(`a${text}@example.com`);
      if (read.success) expect(read.data).toMatch(/^[\x21-\x3b\x3d\x3f-\x7e]+$/);
    }),
  );
});

test('a policy says nothing that was not said: absent fields stay absent', () => {
  const uri = 'vsecure://secrets/a';
  expect(Object.keys(policyDocument.parse({ uri }))).toEqual(['uri']);
  for (const field of Object.keys(policyDocument.shape).filter((name) => name !== 'uri'))
    for (const nothing of [null, undefined])
      expect(policyDocument.safeParse({ uri, [field]: nothing }).success).toBe(false);
});
