/** Sealing values, hashing, and making ids, tokens and keys. `crypto/` implements these. */

import type { SealedValue, SecretPlace } from '../domain/secret.js';
import type { KeyClass } from '../domain/vocabulary.js';

/** Seals and opens secret values. */
export interface Vault {
  /** Encrypts under a fresh data key. */
  seal(value: Uint8Array, place: SecretPlace): SealedValue;
  /** Throws VaultError when place, key or ciphertext do not match. Never returns unauthenticated bytes. */
  open(sealed: SealedValue, place: SecretPlace): Uint8Array;
}

/** Seals what an answer shows once. `place`: the principal, its idempotency key and the hash of the request. */
export interface AnswerSeal {
  seal(text: string, ...place: AnswerPlace): string;
  /** Throws when the place or the master key is another one. */
  open(sealed: string, ...place: AnswerPlace): string;
}

type AnswerPlace = readonly [principal: string, key: string, fingerprint: string];

/** A prefix and 22 base62 characters (131 random bits). */
export type MakeId = <P extends string>(prefix: P) => `${P}_${string}`;

/** Returns `bytes` random bytes in base64url. Throws RangeError when they are too few to be safe. */
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
  /** The last four characters, so that a person can distinguish keys. */
  readonly hint: string;
}

export interface KeyHasher {
  mint(keyClass: KeyClass): MintedKey;
  /** The public key id of a well-formed token with a correct checksum. Undefined for anything else. */
  keyIdOf(token: string): string | undefined;
  /** Compares in constant time. Without a stored hash it does the same work and returns false. */
  matches(token: string, stored: Uint8Array | undefined): boolean;
}
