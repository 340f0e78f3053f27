import { expect, test } from 'vitest';
import { MINUTE } from '../../../src/domain/limits.js';
import { isEscalated } from '../../../src/domain/policy/escalation.js';

const REQUESTED = new Date('2026-05-01T12:00:00Z');
const after = (ms: number) => new Date(REQUESTED.getTime() + ms);

test('a request is escalated from the moment that its policy names', () => {
  const policy = { escalateAfter: 15 * MINUTE };
  expect(isEscalated(policy, REQUESTED, after(15 * MINUTE - 1))).toBe(false);
  expect(isEscalated(policy, REQUESTED, after(15 * MINUTE))).toBe(true);
});

test('a policy without escalation never escalates', () => {
  expect(isEscalated({}, REQUESTED, after(1e12))).toBe(false);
});
