/** The master key: read from text, never used itself, and split into one subkey for each job. */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/** The jobs that need a key of their own. One key never does two. */
type KeyPurpose = 'wrap' | 'api-key-pepper' | 'button' | 'fingerprint';

/** A master key held as a KeyObject, which prints as nothing. */
export interface MasterKey {
  /** Eight hex digits that name the key and tell nothing about it; stored beside what it wraps. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The given text is not a usable master key. The message names where it came from, never what it was. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
  readonly code = 'master_key';
}

/**
 * Reads a master key: 32 bytes in padded base64, as `openssl rand -base64 32` prints it, white space around it ignored.
 * `source` names the variable or file in messages. Throws MasterKeyError.
 */
export function parseMasterKey(text: string, source: string): MasterKey {
  const bytes = decode(text.trim(), source);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id: derive(key, 'key-id', 4).toString('hex'), key };
}

/** The AES-256 or HMAC key for one job: HKDF-SHA256 (RFC 5869) without salt, the purpose as info. */
export function subkey({ key }: MasterKey, purpose: KeyPurpose): KeyObject {
  const bytes = derive(key, purpose, KEY_BYTES);
  const derived = createSecretKey(bytes);
  bytes.fill(0);
  return derived;
}

/** 32 bytes to store in the database: a process whose master key gives others must refuse to start. */
export function keyCheck({ key }: MasterKey): Uint8Array {
  return derive(key, 'key-check', KEY_BYTES);
}

function derive(key: KeyObject, label: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `vsecure/1/${label}`, length));
}

/** Node skips what is not base64 and ignores missing padding; only text that encodes back to itself counts. */
function decode(text: string, source: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text, 'base64'));
  bytes.write(text, 'base64');
  const problem = problemWith(bytes, text);
  if (problem === undefined) return bytes;
  bytes.fill(0);
  throw new MasterKeyError(`${source} ${problem}; make one with: openssl rand -base64 32`);
}

function problemWith(bytes: Buffer, text: string): string | undefined {
  if (text === '') return 'is empty';
  if (bytes.toString('base64') !== text) return 'is not base64';
  if (bytes.length !== KEY_BYTES) return 'is not 32 bytes long';
  if (bytes.every((byte) => byte === bytes[0])) return 'repeats a single byte';
  return undefined;
}
