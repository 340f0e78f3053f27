/** Bytes as text, without guessing: what is not UTF-8 stays bytes. */

/** Undefined when the bytes are not UTF-8. Keeps a byte order mark, which is part of a value. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The same for a file that a person writes: an editor may have put a byte order mark in front, which is not part of the text. */
export const utf8FileText = (bytes: Uint8Array): string | undefined =>
  utf8Text(bytes)?.replace(/^\uFEFF/, '');
