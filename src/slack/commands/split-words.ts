/** Splits the text after `/vsecure` into words: straight and curly quotes, mentions of people, Slack's escapes. */

import { ok, type Result, refused } from '../../domain/result.js';
import { storable } from '../../domain/text.js';

export interface Word {
  /** Without its quotes. */
  readonly text: string;
  /** It begins with a quotation mark, so it is never a flag. */
  readonly quoted: boolean;
  /** Its position in the text. */
  readonly from: number;
}

/** The characters that close a quotation, by the one that opens it. */
const DOUBLE: Readonly<Record<string, string>> = {
  '"': '"”“',
  '“': '”"',
  '„': '“”"',
  '«': '»',
};
/** An apostrophe opens a quotation only if another one closes it before a space. */
const SINGLE: Readonly<Record<string, string>> = { "'": "'’", '‘': "’'" };

/** `<@U123|ana maria>`, which Slack makes of a mention (`should_escape`), is one word. */
const REFERENCE = /<[@#!][^<>]*>/y;
const SPACE = /\s/u;

/** Refuses a quotation that is not closed, with an example. Drops only spaces and quotation marks. */
export function splitWords(typed: string): Result<readonly Word[]> {
  const words: Word[] = [];
  /** Opening marks that nothing closes: searched for once, so that many of them take no more time than one. */
  const unclosedMarks = new Set<string>();
  let at = 0;
  while (at < typed.length) {
    if (SPACE.test(typed.charAt(at))) {
      at += 1;
      continue;
    }
    const word = readWord(typed, at, unclosedMarks);
    if (!word) return refused({ code: 'invalid_input', problem: unclosed(typed.slice(at)) });
    words.push({ text: plainWord(word.text), quoted: typed.charAt(at) in OPENERS, from: at });
    at = word.to;
  }
  return ok(words);
}

const OPENERS = { ...DOUBLE, ...SINGLE };

const unclosed = (rest: string) =>
  `A quotation mark is not closed: ${[...rest].slice(0, 40).join('')} … Example: "production/*"`;

interface Piece {
  readonly text: string;
  readonly to: number;
}

/** One word of one or several pieces, as in `--actor="ana"`; undefined when a quotation in it is not closed. */
function readWord(typed: string, from: number, unclosedMarks: Set<string>): Piece | undefined {
  let text = '';
  let at = from;
  while (at < typed.length && !SPACE.test(typed.charAt(at))) {
    const opens = at === from || typed.charAt(at - 1) === '=';
    const piece = opens ? readQuoted(typed, at, unclosedMarks) : undefined;
    if (piece === 'unclosed') return undefined;
    const next = piece ?? readReference(typed, at) ?? { text: typed.charAt(at), to: at + 1 };
    text += next.text;
    at = next.to;
  }
  return { text, to: at };
}

function readReference(typed: string, at: number): Piece | undefined {
  REFERENCE.lastIndex = at;
  const [text] = REFERENCE.exec(typed) ?? [];
  return text === undefined ? undefined : { text, to: at + text.length };
}

function readQuoted(
  typed: string,
  at: number,
  unclosedMarks: Set<string>,
): Piece | 'unclosed' | undefined {
  const opener = typed.charAt(at);
  const closers = DOUBLE[opener] ?? SINGLE[opener];
  if (closers === undefined || unclosedMarks.has(opener)) return undefined;
  const single = opener in SINGLE;
  for (let end = at + 1; end < typed.length; end += 1)
    if (closers.includes(typed.charAt(end)) && (!single || endsWord(typed, end)))
      return { text: typed.slice(at + 1, end), to: end + 1 };
  unclosedMarks.add(opener);
  return single ? undefined : 'unclosed';
}

const endsWord = (typed: string, at: number): boolean =>
  at + 1 === typed.length || SPACE.test(typed.charAt(at + 1));

/** An address that Slack turned into a link: `<mailto:ana@example.com|ana@example.com>`. */
const LINK = /<[^<>@#!|][^<>|]*\|([^<>|]*)>|<([^<>@#!|][^<>|]*)>/g;

/** Undoes Slack's changes to typed text. https://docs.slack.dev/interactivity/implementing-slash-commands */
export function plainWord(word: string): string {
  const typed = word.replace(LINK, (_, label?: string, address?: string) => label ?? address ?? '');
  const unescaped = typed.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return storable(unescaped);
}
