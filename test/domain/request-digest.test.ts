/** One digest over everything that a decision depends on. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest } from '../../src/crypto/digest.js';
import { type DigestedRequest, requestDigest } from '../../src/domain/request-digest.js';

const base: DigestedRequest = {
  resources: ['vsecure://secrets/a', 'vsecure://secrets/b'],
  operation: 'read',
  duration: 3_600_000,
  principal: 'prin_1',
  policy: 'plcy_1',
  policyVersion: 1,
};

const changes: [string, Partial<DigestedRequest>][] = [
  ['a resource more', { resources: [...base.resources, 'vsecure://secrets/c'] }],
  ['a resource less', { resources: ['vsecure://secrets/a'] }],
  ['resources run together', { resources: ['vsecure://secrets/a,vsecure://secrets/b'] }],
  ['another spelling of one', { resources: ['vsecure://secrets/A', 'vsecure://secrets/b'] }],
  ['another operation', { operation: 'write' }],
  ['a millisecond more', { duration: base.duration + 1 }],
  ['another principal', { principal: 'prin_2' }],
  ['another policy', { policy: 'plcy_2' }],
  ['another version of the policy', { policyVersion: 2 }],
  ['principal and policy exchanged', { principal: base.policy, policy: base.principal }],
];

test.each(changes)('a change of %s changes the digest', (_, change) => {
  expect(requestDigest(digest, { ...base, ...change })).not.toBe(requestDigest(digest, base));
});

test('all changes give different digests', () => {
  const all = changes.map(([, change]) => requestDigest(digest, { ...base, ...change }));
  expect(new Set(all).size).toBe(changes.length);
});

test('the digest is SHA-256 over the documented canonical form', () => {
  const canonical =
    '{"duration":3600000,"operation":"read","policy":"plcy_1","policyVersion":1,"principal":"prin_1",' +
    '"resources":["vsecure://secrets/a","vsecure://secrets/b"]}';
  const expected = createHash('sha256').update(canonical).digest('hex');
  expect(requestDigest(digest, base)).toBe(expected);
});

test('two different requests have different digests', () => {
  const request = fc.record({
    resources: fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
    operation: fc.string({ maxLength: 2 }),
    duration: fc.nat(3),
    principal: fc.string({ maxLength: 2 }),
    policy: fc.string({ maxLength: 2 }),
    policyVersion: fc.nat(3),
  });
  fc.assert(
    fc.property(request, request, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      expect(requestDigest(digest, a) === requestDigest(digest, b)).toBe(same);
    }),
    { numRuns: 5000 },
  );
});

test('other fields of the request do not affect the digest', () => {
  const more = { ...base, reason: 'another', asked: 4 };
  expect(requestDigest(digest, more)).toBe(requestDigest(digest, base));
});
