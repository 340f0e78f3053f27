/** A fingerprint recognises a text, and reveals it to no one without the master key. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { digest } from '../../src/crypto/digest.js';
import { createFingerprint } from '../../src/crypto/fingerprint.js';
import { parseMasterKey } from '../../src/crypto/master-key.js';

const key = () => parseMasterKey(randomBytes(32).toString('base64'), 'a test');

test('the same text has the same fingerprint under the same key only', () => {
  const [one, other] = [key(), key()];
  expect(createFingerprint(one)('hunter2')).toBe(createFingerprint(one)('hunter2'));
  expect(createFingerprint(one)('hunter2')).not.toBe(createFingerprint(one)('hunter3'));
  expect(createFingerprint(one)('hunter2')).not.toBe(createFingerprint(other)('hunter2'));
});

test('a fingerprint is 64 hex digits, and not the plain digest that needs no key', () => {
  const mark = createFingerprint(key())('hunter2');
  expect(mark).toMatch(/^[0-9a-f]{64}$/);
  expect(mark).not.toBe(digest('hunter2'));
});
