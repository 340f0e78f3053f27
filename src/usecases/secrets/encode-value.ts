/** Encode a value as text for the one reply: unchanged if its bytes are UTF-8, else in base64. */

export interface EncodedValue {
  readonly value: string;
  readonly encoding: 'utf8' | 'base64';
}

/** Wipes the bytes. The text remains in memory until it is garbage-collected. */
export function encodeValue(bytes: Uint8Array): EncodedValue {
  try {
    const text = asText(bytes);
    if (text !== undefined) return { value: text, encoding: 'utf8' };
    return { value: inBase64(bytes), encoding: 'base64' };
  } finally {
    bytes.fill(0);
  }
}

/** Makes no copy of the bytes. */
export const inBase64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** Undefined when the bytes are not text. A byte order mark is part of the value. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
