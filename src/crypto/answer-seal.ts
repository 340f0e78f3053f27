/** Seals what an answer shows once, so that a retry whose first answer was lost can show it again for a few minutes. */
import type { AnswerSeal } from '../ports/index.js';
import { decrypt, encrypt, IV_BYTES, TAG_BYTES } from './aes-gcm.js';
import { boundFields } from './bound-fields.js';
import { type MasterKey, subkey } from './master-key.js';

/** AES-256-GCM under a subkey, bound to the installation, the principal, its idempotency key and the request's hash. Base64 of iv, tag and ciphertext. */
export function createAnswerSeal(masterKey: MasterKey, installation: string): AnswerSeal {
  const key = subkey(masterKey, 'answer');
  const bound = (place: readonly string[]) => boundFields(installation, ...place);
  return {
    seal(text, ...place) {
      const { iv, tag, ciphertext } = encrypt(key, Buffer.from(text, 'utf8'), bound(place));
      return Buffer.concat([iv, tag, ciphertext]).toString('base64');
    },
    open(sealed, ...place) {
      const bytes = Buffer.from(sealed, 'base64');
      const box = {
        iv: bytes.subarray(0, IV_BYTES),
        tag: bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES),
        ciphertext: bytes.subarray(IV_BYTES + TAG_BYTES),
      };
      return decrypt(key, box, bound(place)).toString('utf8');
    },
  };
}
