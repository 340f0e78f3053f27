/** Generates tokens that cannot be guessed. */

/** Fewer than 128 random bits could be guessed. */
const MIN_BYTES = 16;
/** The limit of one `getRandomValues` call (Web Cryptography). */
const MAX_BYTES = 65_536;

/**
 * Returns `bytes` random bytes (default: 256 bits) as base64url without padding, which needs no escaping in a URL or a header.
 * Throws RangeError for fewer than 16 or more than 65 536 bytes.
 */
export function generateSecureToken(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < MIN_BYTES || bytes > MAX_BYTES)
    throw new RangeError(`a token has ${MIN_BYTES} to ${MAX_BYTES} bytes`);
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url');
}
