import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest } from '../../src/crypto/digest.js';

// FIPS 180-4 examples, and one that is not ASCII.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['ü', '607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f'],
])('the digest of %j is SHA-256 over its UTF-8 in lower-case hex', (text, hex) => {
  expect(digest(text)).toBe(hex);
});

test('WebCrypto gives the same digest for any text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const oracle = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
      expect(digest(text)).toBe(Buffer.from(oracle).toString('hex'));
    }),
  );
});
