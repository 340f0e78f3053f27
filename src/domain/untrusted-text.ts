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
/**
 * Finds `://` first and then looks back for the scheme: a search for schemes would try each letter of a long word, in time that grows with its square.
 */
const SCHEME = /:\/\/(?<=([a-z][a-z0-9+.-]*):\/\/)/giu;

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
  let broken = '';
  let from = 0;
  for (const { index, 0: found, 1: scheme = '' } of text.matchAll(SCHEME)) {
    const before = text.slice(from, index - scheme.length);
    broken += `${before}${scheme.replace(/^http/i, 'hxxp')}[:]//`;
    from = index + found.length;
  }
  return broken + text.slice(from);
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

/** A sign, or a picture: nothing that a sentence needs, and text made of them can look like a mark of vsecure. */
const PICTURE = /[\p{So}\p{Extended_Pictographic}\p{Emoji_Modifier}]/u;
/** Joiners between letters of a living script (Persian, Hindi, …) are ordinary; elsewhere they hide something. */
const LEGITIMATE_JOINER =
  /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Malayalam}\p{Script=Kannada}\p{Script=Telugu}\p{Script=Sinhala}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}])/gu;
/** Takes two columns in most fonts. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u;

/** Number of characters that a reader cannot see: bidirectional, zero-width, control and tag characters. Line feeds and tabs do not count. */
export function hiddenCharacters(untrusted: string): number {
  const text = untrusted.replace(LEGITIMATE_JOINER, '').replace(/[\n\r\t]/g, '');
  return [...text].filter((character) => INVISIBLE.test(character)).length;
}

/** A word without a break would push everything else out of view. */
const WORD = { longest: 40, kept: 24 };

export interface Excerpt {
  /** One paragraph without double quotation marks, so that it cannot end its own quotation. */
  readonly text: string;
  /** Number of characters of the original that are not in it. */
  readonly left: number;
}

/**
 * The beginning of untrusted text as one paragraph of at most `columns` columns, cut between words: `↵` for a line break, `▯` for what is hidden or a
 * picture, `'` for a double quotation mark, broken links.
 */
export function excerpt(untrusted: string, columns: number): Excerpt {
  const clean = flattened(untrusted.trim());
  const words = clean.split(' ').filter((word) => word !== '');
  let room = columns;
  let taken = 0;
  const kept: string[] = [];
  for (const word of words) {
    const characters = [...word];
    const short =
      characters.length > WORD.longest ? `${characters.slice(0, WORD.kept).join('')}…` : word;
    const width = widthOf(short) + (kept.length > 0 ? 1 : 0);
    if (width > room) break;
    room -= width;
    taken += short === word ? characters.length : WORD.kept;
    kept.push(short);
  }
  const left = words.reduce((sum, word) => sum + [...word].length, 0) - taken;
  const cut = kept.length < words.length ? [...kept, '…'] : kept;
  return { text: cut.join(' '), left };
}

function flattened(untrusted: string): string {
  const unified = untrusted.replace(/\r\n?|\t/g, (found) => (found === '\t' ? ' ' : '\n'));
  let marks = 0;
  let text = '';
  for (const character of unified.normalize('NFC')) {
    marks = MARK.test(character) ? marks + 1 : 0;
    if (marks > MARKS_MAX) continue;
    text += plainCharacter(character);
  }
  return defanged(text.replace(ODD_SPACE, ' ')).replace(/▯(?: ?▯)+/g, '▯');
}

function plainCharacter(character: string): string {
  if (character === '\n') return ' ↵ ';
  if (INVISIBLE.test(character) || PICTURE.test(character)) return '▯';
  return /["“”„‟«»]/u.test(character) ? "'" : character;
}

const widthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
