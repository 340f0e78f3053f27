/** Master keys for tests. */
import { randomBytes } from 'node:crypto';
import { type MasterKey, parseMasterKey } from '../../src/crypto/master-key.js';

/** The text that an operator would set in the environment. */
export function masterKeyText(): string {
  return randomBytes(32).toString('base64');
}

export function newMasterKey(): MasterKey {
  return parseMasterKey(masterKeyText(), 'TEST_KEY');
}
