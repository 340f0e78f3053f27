/** AES-256-GCM without the mistakes that Node's interface allows. */
import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';

/** NIST SP 800-38D: 96 bits is the length that GCM uses as it is. */
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** A ciphertext with the iv and tag that are needed to decrypt it. */
export interface Box {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** Encrypts under a fresh random iv. `bound` is authenticated but not part of the result. */
export function encrypt(key: CipherKey, plaintext: Uint8Array, bound: Uint8Array): Box {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/** Decrypts, or wipes the plaintext and throws. The caller wipes the result after use. */
export function decrypt(key: CipherKey, box: Box, bound: Uint8Array): Buffer {
  // Without authTagLength Node accepts a tag of four bytes, which can be guessed.
  const decipher = createDecipheriv(ALGORITHM, key, box.iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(box.tag);
  // update() returns all of the plaintext before the tag is checked; final() checks the tag and throws.
  const plaintext = decipher.update(box.ciphertext);
  try {
    decipher.final();
    return plaintext;
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
}
