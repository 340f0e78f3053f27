/** The contract agrees with the domain and refuses unknown fields. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { plainError } from '../../src/contract/accepted-values.js';
import {
  approvalId,
  approver,
  duration,
  email,
  operation,
  page,
  reason,
} from '../../src/contract/fields.js';
import { policyDocument } from '../../src/contract/policy-document.js';
import { sentenceOf } from '../../src/contract/problem-sentence.js';
import type { Route } from '../../src/contract/route.js';
import { ROUTES } from '../../src/contract/routes.js';
import { formatDuration, parseDuration } from '../../src/domain/duration.js';
import { DAY, REASON_MAX } from '../../src/domain/limits.js';

const EVERY: readonly Route[] = Object.values(ROUTES).flatMap((verbs) => Object.values(verbs));

describe('durations', () => {
  const part = (unit: string) =>
    fc.tuple(fc.nat(9_999_999), fc.constant(unit)).map(([count, name]) => `${count}${name}`);
  const written = fc
    .array(fc.oneof(part('d'), part('h'), part('m'), part('s'), fc.string({ maxLength: 2 })))
    .map((parts) => parts.join(''));

  test('the contract accepts exactly the durations that the domain can parse', () => {
    fc.assert(
      fc.property(written, (text) => {
        expect(duration.safeParse(text).success).toBe(parseDuration(text) !== undefined);
      }),
    );
  });

  test('every duration that the server formats can be parsed again', () => {
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
  test('all routes are distinct, and each has a summary', () => {
    const calls = EVERY.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(calls).size).toBe(calls.length);
    expect(EVERY.every(({ summary }) => summary.endsWith('.'))).toBe(true);
  });

  test('every route refuses unknown parameters and fields', () => {
    for (const { params, query, body } of EVERY)
      for (const part of [params, query, body]) {
        const codes = part.safeParse({ surprise: 1 }).error?.issues.map(({ code }) => code);
        expect(codes).toContain('unrecognized_keys');
      }
  });
});

describe('an approver entry', () => {
  test.each(['alice@example.com', 'admin@localhost', 'U012ABCDE', 'W012ABCDE', 'S012ABCDE'])(
    'can be %s',
    (entry) => {
      expect(approver.safeParse(entry).success).toBe(true);
    },
  );
  test.each(['alice', 'C012ABCDE', '@alice', '<@U012>', 'U', 'u012abc', '', 'a@b c', 'a@b\n'])(
    'cannot be %j',
    (entry) => {
      expect(approver.safeParse(entry).success).toBe(false);
    },
  );
});

describe('the error of any invalid input', () => {
  const errorOf = (schema: z.ZodType, input: unknown) =>
    schema.safeParse(input, { error: plainError }).error?.issues.map(sentenceOf).join('; ');

  test.each<[string, z.ZodType, unknown]>([
    ['not a request id; use an id that starts with appr_', approvalId, 'appr_x'],
    ['not a duration; use 30m, 1h, 1h30m or 7d', duration, '1 hour'],
    ['not an e-mail address; use an address such as ana@example.com', email, 'ana'],
    ['not an accepted value; use list, read, write, delete', operation, 'own'],
    ['limit: too long or too large; use at most 200', page, { limit: 201 }],
    ['limit: too short or too small; use at least 1', page, { limit: 0 }],
    [`too long or too large; use at most ${REASON_MAX} characters`, reason, 'x'.repeat(2001)],
    ['missing; expected text', reason, undefined],
    ['expected text; got a number', reason, 7],
  ])('is “%s”', (message, schema, input) => {
    expect(errorOf(schema, input)).toBe(message);
  });
});

describe('the error of an invalid policy', () => {
  const errorOf = (fields: object) =>
    policyDocument
      .safeParse({ uri: 'vsecure://secrets/a', ...fields })
      .error?.issues.map(sentenceOf)
      .join('; ');

  const WRONG: readonly (readonly [object, string])[] = [
    [
      { approvers: [7] },
      'approvers[0]: a number is not an approver; use an e-mail address, a Slack user id',
    ],
    [{ approvers: 'a@b.example' }, 'approvers: expected a list of at most 50'],
    [{ approvers: ['alice'] }, 'approvers[0]: not an approver; use an e-mail address'],
    [{ approvers: Array(51).fill('a@b.c') }, 'approvers: expected a list of at most 50'],
    [
      { requesters: [true] },
      'requesters[0]: true or false is not a requester; use the name of an API key',
    ],
    [{ permissions: ['own'] }, 'permissions[0]: expected a list of operations'],
    [{ requiresApproval: 'yes' }, 'requiresApproval: expected true or false; got text'],
    [{ minApprovals: 0 }, 'minApprovals: expected a whole number from 1 to 10'],
    [{ minApprovals: 1.5 }, 'minApprovals: expected a whole number'],
    [{ maxUses: null }, 'maxUses: missing; expected a whole number'],
    [{ maxDuration: 60 }, 'maxDuration: a number is not a duration; use 30m'],
    [{ channel: '#secrets' }, 'channel: not a Slack channel id; use an id such as C'],
    [{ autoApprove: true }, 'autoApprove: expected enabled, and conditions; got true or false'],
    [{ autoApprove: {} }, 'autoApprove.enabled: missing; expected true or false'],
    [{ autoApprove: { enabled: true, conditions: [] } }, 'autoApprove.conditions: expected'],
    [{ escalateTo: [] }, 'escalateTo: expected at least one'],
    [{ aproovers: [] }, 'unknown field aproovers; did you mean approvers?'],
  ];
  test.each(WRONG)('for %j names the field and what it accepts', (fields, sentence) => {
    expect(errorOf(fields)).toContain(sentence);
  });

  test.each([[7], [[7]], [{}]])('for the time window %j names the accepted form', (timeWindow) => {
    const kind = Array.isArray(timeWindow) ? 'a list with a number in it' : undefined;
    const error = errorOf({ autoApprove: { enabled: true, conditions: { timeWindow } } });
    expect(error).toContain('autoApprove.conditions.timeWindow: ');
    expect(error).toContain(kind ?? (typeof timeWindow === 'number' ? 'a number' : 'an object'));
    expect(error).toContain('expected a time window such as Mon-Fri 09:00-17:00');
  });

  test('never repeats the input, except plain field names', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(policyDocument.shape)),
        fc.string(),
        (field, text) => {
          const canary = `canary-${text}-canary`;
          for (const value of [canary, [canary], { [`€${canary}`]: canary }])
            expect(errorOf({ [field]: value }) ?? '').not.toContain(`canary-${text}`);
        },
      ),
    );
  });
});

test('an e-mail address never contains characters that a terminal, mail header or Slack would interpret', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = email.safeParse(`a${text}@example.com`);
      if (read.success) expect(read.data).toMatch(/^[\x21-\x3b\x3d\x3f-\x7e]+$/);
    }),
  );
});

test('parsing a policy adds no defaults: absent fields stay absent', () => {
  const uri = 'vsecure://secrets/a';
  expect(Object.keys(policyDocument.parse({ uri }))).toEqual(['uri']);
  for (const field of Object.keys(policyDocument.shape).filter((name) => name !== 'uri'))
    for (const nothing of [null, undefined])
      expect(policyDocument.safeParse({ uri, [field]: nothing }).success).toBe(false);
});
