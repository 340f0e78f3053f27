import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVault, VaultError } from '../../src/crypto/envelope.js';
import { parseMasterKey } from '../../src/crypto/master-key.js';
import type { SealedValue, SecretPlace } from '../../src/domain/secret.js';
import { masterKeyText, newMasterKey } from './keys.js';
import {
  createVaultWithChattyErrors,
  createVaultWithoutPlace,
  createVaultWithoutTagLength,
} from './mutants.js';
import {
  CANARY,
  expectBoundToPlace,
  expectEveryByteCounts,
  expectEveryLengthCounts,
  expectNoBlurredFields,
  expectRoundTrip,
  expectSilentErrors,
  expectWholeTag,
  PLACE,
  refusalOf,
} from './vault-checks.js';

const masterKey = newMasterKey();
const vault = createVault(masterKey);
const canary = Buffer.from(CANARY);

test('any value up to 64 KiB is decrypted as it was sealed', () => expectRoundTrip(vault));

test('a value opens only for its own installation, secret, path and version', () => {
  expectBoundToPlace(vault);
  expectNoBlurredFields(vault);
});

test('a flipped byte anywhere in the stored fields keeps the value closed, with a constant error', () => {
  const refusals = expectEveryByteCounts(vault);
  expect(refusals).toHaveLength((60 + 12 + 300 + 16) * 3);
  expect(new Set(refusals.map(String))).toEqual(new Set([String(new VaultError())]));
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(VaultError);
});

test('a missing or additional byte in any stored field keeps the value closed, with a constant error', () => {
  for (const refusal of expectEveryLengthCounts(vault)) expect(refusal).toBeInstanceOf(VaultError);
});

test('a tag that is cut to four bytes is refused', () => expectWholeTag(vault));

test('the error of a failed opening contains nothing of the value or its place', () => {
  expectSilentErrors(vault);
  const refusal = refusalOf(vault, vault.seal(canary, PLACE), { ...PLACE, version: -1 });
  expect(refusal).toBeInstanceOf(VaultError);
  expect(refusal).not.toHaveProperty('cause');
});

describe('the checks detect broken vaults', () => {
  const moved = createVaultWithoutPlace(masterKey);
  const short = createVaultWithoutTagLength(masterKey);
  const chatty = createVaultWithChattyErrors(masterKey);

  test('a vault that binds to nothing fails the check of places, and only that', () => {
    expect(failureOf(() => expectBoundToPlace(moved))).toContain('it opened');
    expect(failureOf(() => expectNoBlurredFields(moved))).toContain('it opened');
    expectRoundTrip(moved);
    expectEveryByteCounts(moved);
    expectWholeTag(moved);
  });

  test('a vault that takes the length of the tag from the row fails the check of tags, and only that', () => {
    expect(failureOf(() => expectWholeTag(short))).toContain('it opened');
    expectRoundTrip(short);
    expectBoundToPlace(short);
    expectEveryByteCounts(short);
  });

  test('a vault that explains itself fails the check of errors, and only that', () => {
    expect(failureOf(() => expectSilentErrors(chatty))).toContain('canary');
    expectRoundTrip(chatty);
    expectBoundToPlace(chatty);
  });
});

test('parts of two stored values cannot be mixed, even of the same value at the same place', () => {
  const parts = ['wrappedKey', 'iv', 'ciphertext', 'tag'] as const;
  fc.assert(
    fc.property(fc.subarray([...parts], { minLength: 1, maxLength: 3 }), (taken) => {
      const [ours, theirs] = [vault.seal(canary, PLACE), vault.seal(canary, PLACE)];
      const mixed = { ...ours, ...Object.fromEntries(taken.map((part) => [part, theirs[part]])) };
      expect(refusalOf(vault, mixed, PLACE)).toBeInstanceOf(VaultError);
    }),
  );
});

test('a wrapped key does not move to another secret together with its value', () => {
  const theirs = vault.seal(canary, { ...PLACE, secretId: 'sec_0002' });
  const ours = vault.seal(canary, PLACE);
  expect(refusalOf(vault, theirs, PLACE)).toBeInstanceOf(VaultError);
  expect(refusalOf(vault, { ...ours, wrappedKey: theirs.wrappedKey }, PLACE)).toBeInstanceOf(
    VaultError,
  );
});

test('another master key opens nothing, not even under the right name', () => {
  const other = newMasterKey();
  const sealed = vault.seal(canary, PLACE);
  expect(refusalOf(createVault(other), sealed, PLACE)).toBeInstanceOf(VaultError);
  const renamed = { ...sealed, masterKeyId: other.id };
  expect(refusalOf(createVault(other), renamed, PLACE)).toBeInstanceOf(VaultError);
  expect(refusalOf(vault, renamed, PLACE)).toBeInstanceOf(VaultError);
});

test('a row with an unknown algorithm stays closed', () => {
  const sealed = vault.seal(canary, PLACE);
  const later: SealedValue = JSON.parse('{"algorithm":2}');
  expect(refusalOf(vault, { ...sealed, algorithm: later.algorithm }, PLACE)).toBeInstanceOf(
    VaultError,
  );
});

test('the same value is stored differently every time', () => {
  const rows = Array.from({ length: 1_000 }, () => vault.seal(canary, PLACE));
  for (const part of ['wrappedKey', 'iv', 'ciphertext', 'tag'] as const) {
    expect(new Set(rows.map((row) => Buffer.from(row[part]).toString('hex'))).size).toBe(1_000);
  }
});

test('the stored fields do not contain the value, and the caller may wipe it after sealing', () => {
  const value = Buffer.from(CANARY);
  const sealed = vault.seal(value, PLACE);
  const stored = Buffer.concat([sealed.wrappedKey, sealed.iv, sealed.ciphertext, sealed.tag]);
  expect(stored.includes('canary')).toBe(false);
  value.fill(0);
  expect(Buffer.from(vault.open(sealed, PLACE)).toString()).toBe(CANARY);
});

test('an opened value has its own memory, so that wiping it wipes all of it', () => {
  const opened = vault.open(vault.seal(Buffer.from('short'), PLACE), PLACE);
  expect(opened.buffer.byteLength).toBe(5);
});

test.each([-1, 2 ** 32, 1.5, Number.NaN])('nothing is sealed as version %d', (version) => {
  expect(() => vault.seal(canary, { ...PLACE, version })).toThrow(RangeError);
});

test('WebCrypto opens a sealed value from the description of the format', async () => {
  const text = masterKeyText();
  const key = parseMasterKey(text, 'KEY');
  const place = { ...PLACE, path: 'staging/Zoë' };
  const sealed = createVault(key).seal(canary, place);
  const opened = await openByTheBook(Buffer.from(text, 'base64'), sealed, place);
  expect(Buffer.from(opened).toString()).toBe(CANARY);
});

function failureOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    return error instanceof Error ? `${error.message} ${String(error.cause)}` : String(error);
  }
  return 'it passed';
}

/** A second implementation of the envelope, from its description, with WebCrypto and a DataView. */
async function openByTheBook(root: Uint8Array, sealed: SealedValue, place: SecretPlace) {
  const { installation, secretId, path, version } = place;
  const format = Uint8Array.of(0, 0, 0, 1);
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, version);
  const bound = joined(['vsecure', format, 'secret', installation, secretId, path, number]);
  const boundToKey = new Uint8Array([...bound, ...joined([sealed.masterKeyId])]);

  const { wrappedKey } = sealed;
  const dataKey = await gcmByWebCrypto(
    await wrapKeyByWebCrypto(root),
    wrappedKey.slice(0, 12),
    wrappedKey.slice(12),
    boundToKey,
  );
  return gcmByWebCrypto(dataKey, sealed.iv, [...sealed.ciphertext, ...sealed.tag], bound);
}

function joined(fields: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const bytes = fields.map((field) => (typeof field === 'string' ? text.encode(field) : field));
  return Uint8Array.from(
    bytes.flatMap((field) => [field.length >> 8, field.length & 255, ...field]),
  );
}

async function wrapKeyByWebCrypto(root: Uint8Array): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(root), 'HKDF', false, [
    'deriveBits',
  ]);
  const info = new TextEncoder().encode('vsecure/1/wrap');
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return crypto.subtle.deriveBits(parameters, key, 256);
}

/** WebCrypto takes the tag at the end of the ciphertext. */
async function gcmByWebCrypto(
  raw: ArrayBuffer,
  iv: Uint8Array,
  data: Iterable<number>,
  bound: Uint8Array<ArrayBuffer>,
): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
  const parameters = {
    name: 'AES-GCM',
    iv: Uint8Array.from(iv),
    additionalData: bound,
    tagLength: 128,
  };
  return crypto.subtle.decrypt(parameters, key, Uint8Array.from(data));
}
