/** Bearer tokens: random bytes as text that needs no escaping in a URL or a header. */
import { randomBytes } from 'node:crypto';

/** Fewer bytes could be guessed. */
const LEAST_BYTES = 16;

/** `bytes` random bytes (256 bits by default) in base64url without padding. Throws RangeError below 16 bytes. */
export function generateSecureToken(bytes = 32): string {
  if (!(bytes >= LEAST_BYTES)) throw new RangeError(`a token needs at least ${LEAST_BYTES} bytes`);
  return randomBytes(bytes).toString('base64url');
}
