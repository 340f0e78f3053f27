/** Sealing, hashing and naming: what `crypto/` does for the rest. */

import type { SealedValue, SecretPlace } from '../domain/secret.js';
import type { KeyClass } from '../domain/vocabulary.js';

export interface Vault {
  /** Encrypts under a fresh data key. */
  seal(value: Uint8Array, place: SecretPlace): SealedValue;
  /** Throws VaultError when anything does not fit: place, key, a flipped bit. Never hands out unauthenticated bytes. */
  open(sealed: SealedValue, place: SecretPlace): Uint8Array;
}

/** A prefix and 22 base62 characters (131 random bits). */
export type MakeId = <P extends string>(prefix: P) => `${P}_${string}`;

/** So many random bytes in base64url. Throws RangeError when they are too few to be safe. */
export type MakeToken = (bytes: number) => string;

export interface ChainHash {
  genesis(installation: string): Uint8Array;
  /** SHA-256 over (0x00, "vsecure/audit/1", u64 sequence, previous hash, u32 length, canonical bytes). */
  next(previous: Uint8Array, sequence: number, canonical: string): Uint8Array;
}

export interface MintedKey {
  /** The whole key, shown once and never stored. */
  readonly token: string;
  readonly keyId: string;
  readonly hash: Uint8Array;
  /** The last four characters, so that a person can tell keys apart. */
  readonly hint: string;
}

export interface KeyHasher {
  mint(keyClass: KeyClass): MintedKey;
  /** The public key id of a well-formed token with a right checksum; undefined for anything else. */
  keyIdOf(token: string): string | undefined;
  /** Constant-time: does this token belong to that stored hash? With no stored hash it does the same work and says no. */
  matches(token: string, stored: Uint8Array | undefined): boolean;
}
