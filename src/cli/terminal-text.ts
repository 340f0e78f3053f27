/** Text of strangers, made harmless for a terminal: no escape sequence, no hidden or reversed letters, no forged lines. */

/** Controls (C0, DEL, C1), invisible and direction-changing characters, line separators, lone surrogates. */
const TRICKS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const TRICKS_BUT_NEWLINE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** On one line: every such character is shown by its code point, `\u{1b}`. */
export function escapeText(text: string): string {
  return text.replace(TRICKS, codePoint);
}

/** The same for whole output, whose line breaks are ours. */
export function escapeLines(text: string): string {
  return text.replace(TRICKS_BUT_NEWLINE, codePoint);
}

/** JSON that means the same and is harmless to look at. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(TRICKS_BUT_NEWLINE, jsonEscapes);
}

const codePoint = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;

function jsonEscapes(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
