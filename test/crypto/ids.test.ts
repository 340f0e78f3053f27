import { expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import { generateSecureToken } from '../../src/crypto/random-token.js';

test('an id is its prefix and at least 128 random bits in base62', () => {
  const [, random = ''] = /^appr_([0-9A-Za-z]+)$/.exec(makeId('appr')) ?? [];
  expect(random.length * Math.log2(62)).toBeGreaterThanOrEqual(128);
});

test('a hundred thousand ids are all different, and so are their halves', () => {
  const ids = Array.from({ length: 100_000 }, () => makeId('grnt'));
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.slice(5, 16))).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.slice(16))).size).toBe(ids.length);
});

test('every position of an id can hold every character', () => {
  const seen = Array.from({ length: 22 }, () => new Set<string>());
  for (let count = 0; count < 5_000; count += 1) {
    for (const [place, character] of [...makeId('x').slice(2)].entries())
      seen[place]?.add(character);
  }
  expect(seen.map((characters) => characters.size)).toEqual(Array(22).fill(62));
});

test('a secure token needs no escaping and has the requested number of bytes', () => {
  for (const bytes of [16, 32, 33, 64]) {
    const token = generateSecureToken(bytes);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(bytes);
  }
  expect(Buffer.from(generateSecureToken(), 'base64url')).toHaveLength(32);
});

test.each([15, 0, -1, Number.NaN])('a token of %d bytes is refused', (bytes) => {
  expect(() => generateSecureToken(bytes)).toThrow(RangeError);
});
