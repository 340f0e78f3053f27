/** "Did you mean …?" is said when a word was nearly right, and not otherwise. */

import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/domain/did-you-mean.js';

describe('the nearest word', () => {
  const known = ['approvals', 'audit', 'grants', 'revoke', 'whoami', 'help'];

  test.each([
    ['aduit', 'audit'],
    ['grant', 'grants'],
    ['aprovals', 'approvals'],
    ['who', 'whoami'],
    ['HLEP', 'help'],
    ['revoc', 'revoke'],
    ['frobnicate', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('the nearest word to "%.20s" is %s', (typed, expected) => {
    expect(nearest(typed, known)).toBe(expected);
  });
});
