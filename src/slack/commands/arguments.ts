/** Reads the typed text as the arguments and flags that a command takes. An error says what is wrong, with a valid example. */

import { asciiLower } from '../../domain/ascii.js';
import { nearest } from '../../domain/did-you-mean.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { plainWord, splitWords, type Word } from './split-words.js';

export interface Arguments {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
  /** Everything after the words, for a command that takes free text. */
  readonly rest: string;
}

/** What a command takes. */
export interface ArgumentSpec {
  /** The largest number of words, without flags. */
  readonly words: number;
  /** By name, each with an example of its value. */
  readonly flags: Readonly<Record<string, string>>;
  /** The text after the words is free text, in which nothing is a flag. */
  readonly freeText?: boolean | undefined;
}

/** Phones write a dash for two hyphens. */
const FLAG = /^(?:--|—|–|-)([a-z][a-z-]*)(?:=([\s\S]*))?$/i;
/** The CLI's flag for the same free text. */
const REASON = /^(?:--|—|–)reason(?:=|\s+)/i;

/** `typed` is the text that `words` were split from. Never throws. */
export function readArguments(
  takes: ArgumentSpec,
  words: readonly Word[],
  typed: string,
): Result<Arguments> {
  if (takes.freeText) return withFreeText(takes, words, typed);
  const found: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    const flag = word && readFlag(takes, word, words[at + 1]);
    if (!word || !flag) {
      found.push(word?.text ?? '');
      continue;
    }
    if (!flag.ok) return flag;
    const { name, value, taken } = flag.value;
    if (flags.has(name)) return problem(`--${name} is given twice. Give it once.`);
    flags.set(name, value);
    at += taken;
  }
  const surplus = found[takes.words];
  if (surplus !== undefined) return problem(`"${surplus}" is not expected here.`);
  return ok({ words: found, flags, rest: '' });
}

function withFreeText(
  takes: ArgumentSpec,
  words: readonly Word[],
  typed: string,
): Result<Arguments> {
  const found = words.slice(0, takes.words).map(({ text }) => text);
  const next = words[takes.words];
  const rest = next ? freeText(typed.slice(next.from).replace(REASON, '')) : '';
  return ok({ words: found, flags: new Map(), rest: rest.trim() });
}

/** Drops quotes around the whole text. */
function freeText(typed: string): string {
  const split = splitWords(typed);
  const [only, ...more] = split.ok ? split.value : [];
  return only?.quoted && more.length === 0 ? only.text : plainWord(typed);
}

interface Flag {
  readonly name: string;
  readonly value: string;
  /** Words after its own that belong to it. */
  readonly taken: number;
}

/** Undefined when the word is not a flag. */
function readFlag(
  { flags }: ArgumentSpec,
  word: Word,
  next: Word | undefined,
): Result<Flag> | undefined {
  const [, typedName, attached] = (word.quoted ? null : FLAG.exec(word.text)) ?? [];
  if (typedName === undefined) return undefined;
  const name = asciiLower(typedName);
  const example = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (example === undefined) return problem(unknownFlag(name, Object.keys(flags)));
  if (attached) return ok({ name, value: attached, taken: 0 });
  const value =
    attached === undefined && next && (next.quoted || !FLAG.test(next.text)) ? next.text : '';
  if (value === '') return problem(`--${name} needs a value. Example: --${name} ${example}`);
  return ok({ name, value, taken: 1 });
}

function unknownFlag(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near ? ` Did you mean --${near}?` : '';
  const all = known.map((one) => `--${one}`).join(', ');
  return `--${name} is not an option of this command.${hint}${all ? ` Options: ${all}.` : ''}`;
}

export const problem = (problem: string) => refused({ code: 'invalid_input', problem });
