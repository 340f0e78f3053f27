import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyHasher } from '../../src/crypto/api-key.js';
import { KEY_CLASSES, type KeyClass } from '../../src/domain/vocabulary.js';
import type { KeyHasher } from '../../src/ports/index.js';
import { newMasterKey } from './keys.js';
import { createHasherThatSkipsUnknownKeys } from './mutants.js';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const masterKey = newMasterKey();
const hasher = createKeyHasher(masterKey);
const keyClass = fc.constantFrom(...KEY_CLASSES);

test.each<[KeyClass, string]>([
  ['agent', 'a'],
  ['human', 'h'],
  ['service', 's'],
])(
  'the key of an %s starts with vsk_%s_ and has a key id, 256 random bits and a checksum',
  (minted, letter) => {
    const { token, keyId, hint } = hasher.mint(minted);
    expect(token).toMatch(new RegExp(`^vsk_${letter}_${keyId}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$`));
    expect(keyId).toMatch(/^[0-9A-Za-z]{10}$/);
    expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256);
    expect(hint).toBe(token.slice(-4));
  },
);

test('the checksum is the CRC-32 of all characters before it, in base62', () => {
  fc.assert(
    fc.property(keyClass, (minted) => {
      const { token } = hasher.mint(minted);
      expect(token.slice(-6)).toBe(base62(crc32ByTheBook(token.slice(0, -6))));
    }),
  );
});

test('a minted key is recognised by its id and matches its own hash and no other', () => {
  fc.assert(
    fc.property(keyClass, keyClass, (mine, yours) => {
      const [key, other] = [hasher.mint(mine), hasher.mint(yours)];
      expect(hasher.keyIdOf(key.token)).toBe(key.keyId);
      expect(hasher.matches(key.token, key.hash)).toBe(true);
      expect(hasher.matches(key.token, other.hash)).toBe(false);
      expect(hasher.matches(key.token, undefined)).toBe(false);
    }),
  );
});

test('ten thousand damaged keys are all refused by their checksum, without the database', () => {
  const damage = fc.tuple(keyClass, fc.nat({ max: 64 }), base62Character(), fc.nat({ max: 3 }));
  fc.assert(
    fc.property(damage, ([minted, place, character, kind]) => {
      const { token } = hasher.mint(minted);
      const damaged = damagedKey(token, place, character, kind);
      fc.pre(damaged !== token);
      expect(hasher.keyIdOf(damaged)).toBeUndefined();
    }),
    { numRuns: 10_000 },
  );
});

test('any other text has no key id, and parsing it never throws', () => {
  const shaped = fc.stringMatching(/^vsk_[ahs]_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/);
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), shaped, fc.string());
  fc.assert(
    fc.property(anything, (text) => {
      expect(hasher.keyIdOf(text)).toBeUndefined();
      expect(hasher.matches(text, undefined)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

const { token } = hasher.mint('agent');
test.each([
  ['a newline after it', `${token}\n`],
  ['a space before it', ` ${token}`],
  ['the scheme before it', `Bearer ${token}`],
  ['other letters of case', token.toUpperCase()],
  ['the letter of another class', token.replace('vsk_a_', 'vsk_h_')],
  ['a class that does not exist', token.replace('vsk_a_', 'vsk_x_')],
  ['itself once more', token + token],
  ['only its own beginning', token.slice(0, 17)],
])('a key with %s is not a key', (_, text) => {
  expect(hasher.keyIdOf(text)).toBeUndefined();
});

test('the hash of a key needs the master key: another installation makes another hash', () => {
  const key = hasher.mint('human');
  const elsewhere = createKeyHasher(newMasterKey());
  expect(elsewhere.keyIdOf(key.token)).toBe(key.keyId);
  expect(elsewhere.matches(key.token, key.hash)).toBe(false);
  expect(createKeyHasher(masterKey).matches(key.token, key.hash)).toBe(true);
});

test.each([0, 31, 33])('a stored hash of %d bytes matches nothing and throws nothing', (length) => {
  expect(hasher.matches(token, new Uint8Array(length))).toBe(false);
});

test('a hash contains nothing of its key', () => {
  const key = hasher.mint('service');
  expect(key.hash).toHaveLength(32);
  expect(Buffer.from(key.hash).toString('latin1')).not.toContain(key.token.slice(17, 23));
});

test('an unknown key takes as long to check as a wrong key', () => {
  expect(costOfUnknownKey(hasher)).toBeGreaterThan(0.3);
  expect(costOfUnknownKey(createHasherThatSkipsUnknownKeys(masterKey))).toBeLessThan(0.3);
});

/** The time for an unknown key divided by the time for a wrong one. The text is long, so that hashing dominates. */
function costOfUnknownKey(subject: KeyHasher): number {
  const text = 'x'.repeat(500_000);
  const wrong = subject.mint('agent').hash;
  const best = { wrong: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 30; round += 1) {
    best.wrong = Math.min(
      best.wrong,
      timeOf(() => subject.matches(text, wrong)),
    );
    best.unknown = Math.min(
      best.unknown,
      timeOf(() => subject.matches(text, undefined)),
    );
  }
  return best.unknown / best.wrong;
}

function timeOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function base62Character(): fc.Arbitrary<string> {
  return fc.constantFrom(...DIGITS);
}

/** A wrong character, a lost one, an extra one, or two neighbours that changed places. */
function damagedKey(text: string, place: number, character: string, kind: number): string {
  const [before, here, next, after] = [
    text.slice(0, place),
    text.charAt(place),
    text.charAt(place + 1),
    text.slice(place + 2),
  ];
  if (kind === 0) return before + character + next + after;
  if (kind === 1) return before + next + after;
  if (kind === 2) return before + character + here + next + after;
  return before + next + here + after;
}

/** CRC-32 as in ISO 3309, bit by bit. */
function crc32ByTheBook(text: string): number {
  let crc = 0xffff_ffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

function base62(value: number): string {
  let text = '';
  for (let rest = BigInt(value); text.length < 6; rest /= 62n) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
  }
  return text;
}
