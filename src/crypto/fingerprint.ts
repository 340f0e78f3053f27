/** Fingerprints of texts that contain a secret value: equal texts match, and the database alone is not enough to test guesses. */
import { createHmac } from 'node:crypto';
import type { HashText } from '../domain/request-digest.js';
import { type MasterKey, subkey } from './master-key.js';

/** HMAC-SHA256 (RFC 2104) under a subkey, as 64 lower-case hex digits. */
export function createFingerprint(masterKey: MasterKey): HashText {
  const key = subkey(masterKey, 'fingerprint');
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
}
