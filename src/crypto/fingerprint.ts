/** Fingerprints of texts that hold a value: the same text is recognised, and none can be guessed from the database alone. */
import { createHmac } from 'node:crypto';
import type { HashText } from '../domain/request-digest.js';
import { type MasterKey, subkey } from './master-key.js';

/** HMAC-SHA256 (RFC 2104) under a subkey, as 64 lower-case hex digits. */
export function createFingerprint(masterKey: MasterKey): HashText {
  const key = subkey(masterKey, 'fingerprint');
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
}
