/** The contract agrees with the domain it stands for, and takes nothing that it does not know. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalRoutes } from '../../src/contract/approval.js';
import { auditRoute } from '../../src/contract/audit.js';
import { approver, duration, email } from '../../src/contract/fields.js';
import { grantRoutes } from '../../src/contract/grant.js';
import { keyRoutes, whoamiRoute } from '../../src/contract/key.js';
import { personRoutes } from '../../src/contract/person.js';
import { policyDocument, policyRoutes } from '../../src/contract/policy.js';
import type { Route } from '../../src/contract/route.js';
import { secretRoutes } from '../../src/contract/secret.js';
import { formatDuration, parseDuration } from '../../src/domain/duration.js';
import { DAY } from '../../src/domain/limits.js';

const ROUTES: readonly Route[] = [
  ...Object.values(approvalRoutes),
  ...Object.values(grantRoutes),
  ...Object.values(policyRoutes),
  ...Object.values(secretRoutes),
  ...Object.values(keyRoutes),
  ...Object.values(personRoutes),
  auditRoute,
  whoamiRoute,
];

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
    const calls = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(calls).size).toBe(calls.length);
    expect(ROUTES.every(({ summary }) => summary.endsWith('.'))).toBe(true);
  });

  test('none takes a parameter or field that it does not know', () => {
    for (const { params, query, body } of ROUTES)
      for (const part of [params, query, body]) {
        const codes = part.safeParse({ surprise: 1 }).error?.issues.map(({ code }) => code);
        expect(codes).toContain('unrecognized_keys');
      }
  });
});

describe('approvers', () => {
  test.each(['alice@example.com', 'admin@localhost', 'U012ABCDE', 'W012ABCDE'])('%s', (entry) => {
    expect(approver.safeParse(entry).success).toBe(true);
  });
  test.each(['alice', 'S012ABCDE', '@alice', '<@U012>', 'U', 'u012abc', '', 'a@b c', 'a@b\n'])(
    'not %j',
    (entry) => {
      expect(approver.safeParse(entry).success).toBe(false);
    },
  );
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
