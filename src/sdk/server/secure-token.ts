/** Tokens that nobody guesses. */

/** Fewer bytes could be guessed by someone patient. */
const LEAST_BYTES = 16;
/** What one call of the generator gives (Web Cryptography, `getRandomValues`). */
const MOST_BYTES = 65_536;

/**
 * `bytes` random bytes (256 bits by default) as text that needs no escaping in a URL or a header: base64url without padding.
 * Throws RangeError for fewer than 16 or more than 65 536 bytes.
 */
export function generateSecureToken(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < LEAST_BYTES || bytes > MOST_BYTES)
    throw new RangeError(`a token has ${LEAST_BYTES} to ${MOST_BYTES} bytes`);
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url');
}
