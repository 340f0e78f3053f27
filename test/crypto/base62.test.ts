import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base62From, randomBase62, toBase62 } from '../../src/crypto/base62.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test('each of the 62 characters comes from exactly four of the 256 byte values, so none is favoured', () => {
  const counts = new Map<string, number>();
  for (const character of base62From(Uint8Array.from({ length: 256 }, (_, byte) => byte))) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect([...counts.keys()].sort().join('')).toBe(ALPHABET);
  expect([...new Set(counts.values())]).toEqual([4]);
});

test('random text has the asked length and nothing but base62', () => {
  fc.assert(
    fc.property(fc.nat({ max: 200 }), (length) => {
      expect(randomBase62(length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
    }),
  );
});

test('a number keeps its value and its order at a fixed width', () => {
  const number = fc.nat({ max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(numberIn(toBase62(a, 6))).toBe(a);
      expect(toBase62(a, 6) < toBase62(b, 6)).toBe(a < b);
    }),
  );
});

test.each([
  [0, 6, '000000'],
  [61, 1, 'z'],
  [62, 2, '10'],
  [2 ** 32 - 1, 6, '4gfFC3'],
])('%d in %d digits is %s', (value, width, text) => {
  expect(toBase62(value, width)).toBe(text);
});

test.each([
  [62, 1],
  [-1, 6],
  [1.5, 6],
  [Number.NaN, 6],
])('%d in %d digits is refused', (value, width) => {
  expect(() => toBase62(value, width)).toThrow(RangeError);
});

function numberIn(text: string): number {
  return [...text].reduce((sum, digit) => sum * 62 + ALPHABET.indexOf(digit), 0);
}
