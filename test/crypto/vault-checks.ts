/** Checks of a vault, which run on the real vault and on broken ones. Each throws when it fails. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { SealedValue, SecretPlace } from '../../src/domain/secret.js';
import type { Vault } from '../../src/ports/index.js';

export const PLACE: SecretPlace = {
  installation: 'inst_0001',
  secretId: 'sec_0001',
  path: 'production/DATABASE_URL',
  version: 3,
};

/** Long enough that every part of it would be found, and 300 bytes so that all of them can be flipped. */
export const CANARY = 'canary-value-'.repeat(24).slice(0, 300);

/** The fields of a stored value that hold bytes. */
const BYTES = ['wrappedKey', 'iv', 'ciphertext', 'tag'] as const;

const place: fc.Arbitrary<SecretPlace> = fc.record({
  installation: fc.string({ maxLength: 40 }),
  secretId: fc.string({ maxLength: 40 }),
  path: fc.string({ maxLength: 512 }),
  version: fc.nat({ max: 2 ** 32 - 1 }),
});

/** The error with which a vault refuses, or a failure of the check: "it opened". */
export function refusalOf(vault: Vault, sealed: SealedValue, at: SecretPlace): unknown {
  let opened: Uint8Array;
  try {
    opened = vault.open(sealed, at);
  } catch (error) {
    return error;
  }
  throw new Error(`it opened and gave ${opened.length} bytes`);
}

/** A value is decrypted as it was sealed, for any bytes up to 64 KiB at any place. */
export function expectRoundTrip(vault: Vault): void {
  const value = fc.uint8Array({ maxLength: 65_536, size: 'max' });
  const sizes = [0, 1, 15, 16, 17, 65_535, 65_536];
  fc.assert(
    fc.property(value, place, (bytes, at) => {
      expect(Buffer.from(vault.open(vault.seal(bytes, at), at)).equals(bytes)).toBe(true);
    }),
    { examples: sizes.map((size) => [new Uint8Array(size).fill(size), PLACE]) },
  );
}

/** A value stays closed when any one field of its place differs. */
export function expectBoundToPlace(vault: Vault): void {
  const field = fc.constantFrom(...(['installation', 'secretId', 'path', 'version'] as const));
  fc.assert(
    fc.property(place, place, field, (at, other, name) => {
      fc.pre(at[name] !== other[name]);
      const sealed = vault.seal(Buffer.from(CANARY), at);
      refusalOf(vault, sealed, { ...at, [name]: other[name] });
    }),
  );
}

/** The same characters with other field boundaries are another place. */
export function expectNoBlurredFields(vault: Vault): void {
  const sealed = vault.seal(Buffer.from(CANARY), PLACE);
  const shift = PLACE.secretId.slice(-1);
  const secretId = PLACE.secretId.slice(0, -1);
  refusalOf(vault, sealed, { ...PLACE, secretId, path: shift + PLACE.path });
  refusalOf(vault, sealed, { ...PLACE, secretId: PLACE.path, path: PLACE.secretId });
}

/** A value stays closed when any stored byte changes. Returns the errors. */
export function expectEveryByteCounts(vault: Vault): unknown[] {
  const sealed = vault.seal(Buffer.from(CANARY), PLACE);
  return BYTES.flatMap((name) =>
    [...sealed[name].keys()].flatMap((index) =>
      [0x01, 0x80, 0xff].map((mask) => {
        const bytes = Uint8Array.from(sealed[name], (byte, at) =>
          at === index ? byte ^ mask : byte,
        );
        return refusalOf(vault, { ...sealed, [name]: bytes }, PLACE);
      }),
    ),
  );
}

/** A value stays closed when bytes are missing at either end, or added. Returns the errors. */
export function expectEveryLengthCounts(vault: Vault): unknown[] {
  const sealed = vault.seal(Buffer.from(CANARY), PLACE);
  return BYTES.flatMap((name) => {
    const bytes = sealed[name];
    const cuts = [...bytes.keys()].flatMap((at) => [bytes.slice(0, at), bytes.slice(at + 1)]);
    const wrong = [...cuts, Uint8Array.from([...bytes, 0]), Uint8Array.from([0, ...bytes])];
    return wrong.map((other) => refusalOf(vault, { ...sealed, [name]: other }, PLACE));
  });
}

/** A value stays closed when its tag is cut to a shorter length that GCM allows, which could be guessed. */
export function expectWholeTag(vault: Vault): void {
  const sealed = vault.seal(Buffer.from(CANARY), PLACE);
  for (const length of [4, 8, 12, 13, 14, 15]) {
    refusalOf(vault, { ...sealed, tag: sealed.tag.subarray(0, length) }, PLACE);
  }
}

/** The error of a failed opening contains nothing of the value, in any encoding, at any depth. */
export function expectSilentErrors(vault: Vault): void {
  const sealed = vault.seal(Buffer.from(CANARY), PLACE);
  const error = refusalOf(vault, sealed, { ...PLACE, version: PLACE.version + 1 });
  const shown = inspect(error, { depth: 9, showHidden: true, maxStringLength: null });
  for (const form of ['utf8', 'base64', 'hex'] as const) {
    expect(shown).not.toContain(Buffer.from(CANARY).toString(form).slice(0, 12));
  }
  expect(shown).not.toContain(PLACE.path);
}
