/** AES-256-GCM with the mistakes that its Node interface allows taken out. */
import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';

/** NIST SP 800-38D: 96 bits is the length that GCM uses as it is. */
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** Ciphertext and what is needed, besides the key and the bound data, to open it. */
export interface Box {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** Encrypts under a fresh random iv. `bound` is authenticated and not part of the result. */
export function encrypt(key: CipherKey, plaintext: Uint8Array, bound: Uint8Array): Box {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/** Decrypts all of it, or throws and wipes what it had; the caller wipes the result after use. */
export function decrypt(key: CipherKey, box: Box, bound: Uint8Array): Buffer {
  // Without authTagLength Node accepts a tag of four bytes, which can be guessed.
  const decipher = createDecipheriv(ALGORITHM, key, box.iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(box.tag);
  // GCM gives every byte in update(), before the tag is checked; final() only says yes or throws.
  const plaintext = decipher.update(box.ciphertext);
  try {
    decipher.final();
    return plaintext;
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
}
