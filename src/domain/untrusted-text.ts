/**
 * Makes text from agents, clients and Slack users safe to look at: what cannot be seen is spelled out, what could be followed is
 * broken. It is meant for `plain_text` objects, in which Slack parses neither mentions nor markup.
 */

/** Two marks on one letter are enough for every living script; a hundred are a way to paint over other lines. */
const MARKS_MAX = 2;

/** Control, format, surrogate, private and unassigned characters, line and paragraph separators, and everything drawn as nothing. */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const MARK = /\p{M}/u;
const ODD_SPACE = /\p{Zs}/gu;
const SCHEME = /([a-z][a-z0-9+.-]*):\/\//giu;

export interface CleanText {
  readonly text: string;
  /** Something in it could not be seen, or was painted over something else. */
  readonly suspicious: boolean;
}

/** As `visibleText`, and with broken links. */
export function cleanText(untrusted: string): CleanText {
  const { text, suspicious } = visibleText(untrusted);
  return { text: defanged(text), suspicious };
}

/** The same on one line: whoever wrote it cannot make it look like two. */
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

/** `https://evil.example` becomes `hxxps[:]//evil.example`, so that no client makes a link of it. */
function defanged(text: string): string {
  return text.replace(SCHEME, (_, scheme: string) => `${scheme.replace(/^http/i, 'hxxp')}[:]//`);
}

export interface Quotation {
  /** Each line begins with `│ `, so that no line can pass for one of ours. */
  readonly text: string;
  /** Characters of the clean text that are not shown. */
  readonly left: number;
  readonly suspicious: boolean;
}

/** Quotes untrusted text, at most so many lines and characters of it. */
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
