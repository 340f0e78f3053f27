/**
 * Makes text from agents, clients and Slack users safe to display: invisible characters are spelled out, and links are broken. It
 * is meant for `plain_text` objects, in which Slack parses neither mentions nor markup.
 */

/** Two combining marks on one letter are enough for every living script. Many marks can cover other lines. */
const MARKS_MAX = 2;

/** Control, format, surrogate, private-use and unassigned characters, line and paragraph separators, and characters without a glyph. */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const MARK = /\p{M}/u;
const ODD_SPACE = /\p{Zs}/gu;
const SCHEME = /([a-z][a-z0-9+.-]*):\/\//giu;

export interface CleanText {
  readonly text: string;
  /** The original contained invisible characters or stacked combining marks. */
  readonly suspicious: boolean;
}

/** Like `visibleText`, with links broken as well. */
export function cleanText(untrusted: string): CleanText {
  const { text, suspicious } = visibleText(untrusted);
  return { text: defanged(text), suspicious };
}

/** The same on one line, so that the text cannot imitate a second line. */
export const oneLine = (untrusted: string): string =>
  cleanText(untrusted).text.replaceAll('\n', ' ');

/** NFC, with hidden characters as `⟦U+202E⟧` and at most two combining marks in a row. Line feeds stay. */
export function visibleText(untrusted: string): CleanText {
  const unified = untrusted.replace(/\r\n?|\t/g, (found) => (found === '\t' ? ' ' : '\n'));
  let suspicious = false;
  let marks = 0;
  let text = '';
  for (const character of unified.normalize('NFC')) {
    marks = MARK.test(character) ? marks + 1 : 0;
    const hidden = character !== '\n' && INVISIBLE.test(character);
    suspicious ||= hidden || marks > MARKS_MAX;
    if (marks <= MARKS_MAX) text += hidden ? spelledOut(character) : character;
  }
  return { text: text.replace(ODD_SPACE, ' '), suspicious };
}

function spelledOut(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟦U+${hex}⟧`;
}

/** `https://evil.example` becomes `hxxps[:]//evil.example`, so that no client turns it into a link. */
function defanged(text: string): string {
  return text.replace(SCHEME, (_, scheme: string) => `${scheme.replace(/^http/i, 'hxxp')}[:]//`);
}

export interface Quotation {
  /** Each line begins with `│ `, so that no quoted line looks like text of vsecure. */
  readonly text: string;
  /** Number of characters of the clean text that were cut off. */
  readonly left: number;
  readonly suspicious: boolean;
}

/** Quotes untrusted text, cut to `most` lines and characters. */
export function quoted(
  untrusted: string,
  most: { readonly lines: number; readonly characters: number },
): Quotation {
  const { text, suspicious } = cleanText(untrusted.trim());
  const characters = [...text];
  const shown = characters.slice(0, most.characters).join('').split('\n').slice(0, most.lines);
  return {
    text: shown.map((line) => `│ ${line}`).join('\n'),
    left: characters.length - [...shown.join('\n')].length,
    suspicious,
  };
}
