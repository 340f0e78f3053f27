import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyCheck, MasterKeyError, parseMasterKey, subkey } from '../../src/crypto/master-key.js';
import { masterKeyText, newMasterKey } from './keys.js';

test('a key of 32 bytes in base64 is accepted, and so is the newline that a shell leaves after it', () => {
  const text = masterKeyText();
  expect(parseMasterKey(text, 'KEY').id).toMatch(/^[0-9a-f]{8}$/);
  expect(parseMasterKey(`  ${text}\n`, 'KEY').id).toBe(parseMasterKey(text, 'KEY').id);
});

test.each([
  ['empty', '', 'is empty'],
  ['white space', ' \n', 'is empty'],
  ['16 bytes', randomBytes(16).toString('base64'), 'is not 32 bytes long'],
  ['31 bytes', randomBytes(31).toString('base64'), 'is not 32 bytes long'],
  ['33 bytes', randomBytes(33).toString('base64'), 'is not 32 bytes long'],
  ['two keys', Buffer.alloc(64, masterKeyText()).toString('base64'), 'is not 32 bytes long'],
  ['all zero', Buffer.alloc(32).toString('base64'), 'repeats a single byte'],
  ['all 0x41', Buffer.alloc(32, 'A').toString('base64'), 'repeats a single byte'],
  ['32 bytes in hex', randomBytes(32).toString('hex'), 'is not 32 bytes long'],
  ['base64url', '-_v7'.repeat(11).replace(/.$/, '='), 'is not base64'],
  ['no padding', masterKeyText().slice(0, -1), 'is not base64'],
  ['a line break inside', masterKeyText().replace(/^.{20}/, '$&\n'), 'is not base64'],
  ['a passphrase', 'correct horse battery staple, correct horse!', 'is not base64'],
])(
  'a master key that is %s is refused with the name of its variable, without its value',
  (_, text, problem) => {
    const error = refusalOf(text);
    expect(error.message).toContain(`VSECURE_MASTER_KEY ${problem}`);
    if (text.trim() !== '') expect(inspect(error)).not.toContain(text.trim().slice(0, 12));
  },
);

test('the error never repeats the refused text', () => {
  fc.assert(
    fc.property(fc.base64String({ minLength: 48 }), (text) => {
      expect(inspect(refusalOf(text))).not.toContain(text.slice(0, 12));
    }),
  );
});

test('a master key that is logged shows its id and nothing else', () => {
  const text = masterKeyText();
  const key = parseMasterKey(text, 'KEY');
  const raw = Buffer.from(text, 'base64');
  const shown =
    inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key) + String(key.key);
  expect(shown).toContain(key.id);
  for (const form of ['base64', 'hex', 'latin1'] as const) {
    expect(shown).not.toContain(raw.toString(form).slice(0, 12));
  }
});

test('each purpose has its own key, which WebCrypto derives as well', async () => {
  const text = masterKeyText();
  const key = parseMasterKey(text, 'KEY');
  const purposes = ['wrap', 'api-key-pepper', 'button'] as const;
  const derived = purposes.map((purpose) => subkey(key, purpose).export().toString('hex'));
  const oracle = purposes.map((purpose) => hkdfByWebCrypto(text, purpose, 32));

  expect(derived).toEqual(await Promise.all(oracle));
  expect(new Set([...derived, Buffer.from(keyCheck(key)).toString('hex')]).size).toBe(4);
  expect(await hkdfByWebCrypto(text, 'key-id', 4)).toBe(key.id);
});

test('the key check differs for every other master key, and stays the same over a restart', () => {
  const text = masterKeyText();
  const check = keyCheck(parseMasterKey(text, 'KEY'));
  expect(keyCheck(parseMasterKey(text, 'KEY'))).toEqual(check);
  expect(keyCheck(newMasterKey())).not.toEqual(check);
  expect(check).toHaveLength(32);
});

function refusalOf(text: string): MasterKeyError {
  try {
    parseMasterKey(text, 'VSECURE_MASTER_KEY');
  } catch (error) {
    if (error instanceof MasterKeyError) return error;
    throw error;
  }
  throw new Error('the key was accepted');
}

async function hkdfByWebCrypto(text: string, purpose: string, length: number): Promise<string> {
  const raw = Uint8Array.from(Buffer.from(text, 'base64'));
  const key = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits']);
  const info = new TextEncoder().encode(`vsecure/1/${purpose}`);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return Buffer.from(await crypto.subtle.deriveBits(parameters, key, length * 8)).toString('hex');
}
