/** Base62 text: random characters for ids and keys, and numbers at a fixed width. */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The largest multiple of 62 that fits a byte; higher bytes would favour the first characters. */
const FAIR_BYTES = 248;

/** `length` characters from the system's random source, each of the 62 equally likely (5.95 bits). */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) text += base62From(randomBytes(length));
  return text.slice(0, length);
}

/** One character for each byte below 248. Higher bytes are dropped, so uniform bytes stay uniform. */
export function base62From(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) if (byte < FAIR_BYTES) text += ALPHABET.charAt(byte % 62);
  return text;
}

/** A non-negative integer in `width` digits, zeros in front. Throws RangeError when it does not fit. */
export function toBase62(value: number, width: number): string {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 62 ** width) {
    throw new RangeError(`not an integer of ${width} base62 digits`);
  }
  let text = '';
  for (let rest = value; text.length < width; rest = Math.floor(rest / 62)) {
    text = ALPHABET.charAt(rest % 62) + text;
  }
  return text;
}
