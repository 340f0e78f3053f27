/** Encode a value as text: unchanged if its bytes are UTF-8, else in base64. */

export interface EncodedValue {
  readonly value: string;
  readonly encoding: 'utf8' | 'base64';
}

export function encodeValue(bytes: Uint8Array): EncodedValue {
  const text = asText(bytes);
  if (text !== undefined) return { value: text, encoding: 'utf8' };
  return { value: Buffer.from(bytes).toString('base64'), encoding: 'base64' };
}

/** Undefined when the bytes are not text. A byte order mark is part of the value. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
