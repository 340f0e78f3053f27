/** The master key: parsed from text and never used directly; each purpose has its own derived subkey. */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const KEY_BYTES = 32;

/** Each purpose has its own subkey. */
type KeyPurpose = 'wrap' | 'api-key-pepper' | 'button' | 'fingerprint' | 'detachment' | 'answer';

/** A master key in a KeyObject, which does not print its bytes. */
export interface MasterKey {
  /** Eight hex digits that identify the key and reveal nothing about it; stored with the data keys that it wraps. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The text is not a usable master key. The message names its source, never the text. */
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

/** The AES-256 or HMAC key for one purpose: HKDF-SHA256 (RFC 5869) without salt, the purpose as info. */
export function subkey({ key }: MasterKey, purpose: KeyPurpose): KeyObject {
  const bytes = derive(key, purpose, KEY_BYTES);
  const derived = createSecretKey(bytes);
  bytes.fill(0);
  return derived;
}

/** 32 bytes that the database stores: a process must refuse to start when its master key derives others. */
export function keyCheck({ key }: MasterKey): Uint8Array {
  return derive(key, 'key-check', KEY_BYTES);
}

function derive(key: KeyObject, label: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `vsecure/1/${label}`, length));
}

/** Node skips characters that are not base64 and ignores missing padding, so only text that encodes back to itself is accepted. */
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
