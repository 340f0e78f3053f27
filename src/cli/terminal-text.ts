/** Escapes untrusted text for a terminal: no escape sequences, no hidden or reversed letters, no forged lines. */

/** Controls (C0, DEL, C1), invisible and direction-changing characters, line separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSAFE_EXCEPT_NEWLINE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSAFE_IN_CSV = /(?!\r?\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Escapes text for one line. Every unsafe character becomes its code point: `\u{1b}`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, codePoint);
}

/** Quotes untrusted text, which cannot end its own quotation. */
export function quoted(text: string): string {
  return `“${text.replace(/["“”„‟«»]/gu, "'")}”`;
}

/** The same for whole output, whose line breaks vsecure wrote itself. */
export function escapeLines(text: string): string {
  return text.replace(UNSAFE_EXCEPT_NEWLINE, codePoint);
}

/** The same for CSV, whose lines end with CR LF. */
export function escapeCsv(lines: string): string {
  return lines.replace(UNSAFE_IN_CSV, codePoint);
}

/** Formats JSON so that it is safe to print and still parses to the same value. On one line with an indent of 0. */
export function escapeJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE_EXCEPT_NEWLINE, jsonEscapes);
}

const codePoint = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;

function jsonEscapes(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
