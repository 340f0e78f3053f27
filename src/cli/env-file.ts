/**
 * Reads `.env` files strictly. There is no standard for them: this accepts what dotenv and Docker Compose read alike and refuses the
 * rest by line number, because a guess would store an altered secret. Messages never contain a part of the file: a line that is not
 * understood may be a piece of a private key.
 *
 * Sources: https://github.com/motdotla/dotenv (lib/main.js), https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
 */

import { utf8FileText } from '../contract/utf8.js';
import { UsageError } from './command-errors.js';

export interface EnvVariable {
  readonly name: string;
  /** Empty when the file gives no value. */
  readonly value: string;
  /** The line on which the name stands, from 1. */
  readonly line: number;
}

/** Every line that was refused. Nothing of the file may be used then. */
export class EnvFileError extends UsageError {
  constructor(problems: readonly string[]) {
    const shown = problems.slice(0, PROBLEMS_SHOWN);
    const more = problems.length - shown.length;
    super(
      [
        'The file was not understood, so nothing was stored:',
        ...shown.map((problem) => `  ${problem}`),
        ...(more > 0 ? [`  and ${more} more lines`] : []),
      ].join('\n'),
    );
  }
}

const PROBLEMS_SHOWN = 20;

/** Throws EnvFileError with every line that cannot be read in one way only. */
export function parseEnvFile(bytes: Uint8Array): readonly EnvVariable[] {
  const text = decode(bytes);
  const problems: string[] = [];
  const variables: EnvVariable[] = [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const read = readStatement(lines, at);
    if (read === undefined) continue;
    if ('problem' in read) problems.push(`line ${at + 1}: ${read.problem}`);
    else variables.push({ name: read.name, value: read.value, line: at + 1 });
    at = read.last;
  }
  problems.push(...repeatedNames(variables));
  if (problems.length > 0) throw new EnvFileError(problems);
  return variables;
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new EnvFileError(['the file is UTF-16; save it as UTF-8']);
  const text = utf8FileText(bytes);
  if (text === undefined) throw new EnvFileError(['the file is not UTF-8; save it as UTF-8']);
  if (!text.includes('\0')) return text;
  throw new EnvFileError(['the file contains a NUL character; save it as UTF-8 text']);
}

type Read = { readonly last: number } & (
  | { readonly name: string; readonly value: string }
  | { readonly problem: string }
);

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=(.*)$/;

/** Undefined for a blank line or a comment. `last` is the index of the statement's last line. */
function readStatement(lines: readonly string[], at: number): Read | undefined {
  const line = lines[at] ?? '';
  if (/^\s*(#|$)/.test(line)) return undefined;
  if (line.includes('\r')) return { last: at, problem: 'a carriage return inside the line' };
  const [, name, rest = ''] = ASSIGNMENT.exec(line) ?? [];
  if (name === undefined) return { last: at, problem: NO_ASSIGNMENT };
  const given = rest.trimStart();
  const [quote] = given;
  if (quote === '`') return { last: at, problem: BACKTICK };
  if (quote === '"' || quote === "'") return { name, ...readQuoted(lines, at, given, quote) };
  return { name, last: at, ...readPlain(rest) };
}

const NO_ASSIGNMENT =
  'no NAME=value; put quotes around a value of several lines, such as a private key';
const BACKTICK =
  'dotenv takes ` for a quotation mark, Docker Compose for a part of the value; use single quotes';

function readPlain(rest: string): { value: string } | { problem: string } {
  const comment = rest.search(/(?<=^|\s)#/);
  if (/^\s*#/.test(rest))
    return { problem: 'a # right after = is a comment for dotenv and may be a value; use quotes' };
  const value = (comment === -1 ? rest : rest.slice(0, comment)).trim();
  if (value.includes('#'))
    return {
      problem: 'dotenv ends the value before #, Docker Compose keeps the #; use single quotes',
    };
  if (value.includes('$')) return { problem: DOLLAR };
  if (value.startsWith('-----BEGIN')) return { problem: NO_ASSIGNMENT };
  return { value };
}

const DOLLAR =
  'dotenv keeps $, Docker Compose puts a variable in its place; use single quotes around the value';

/** `given` begins with the quotation mark. The value may go on over the following lines. */
function readQuoted(lines: readonly string[], at: number, given: string, quote: '"' | "'"): Read {
  const parts: string[] = [];
  for (let last = at; last < lines.length; last += 1) {
    const text = last === at ? given.slice(1) : (lines[last] ?? '');
    const end = closing(text, quote);
    parts.push(end === -1 ? text : text.slice(0, end));
    if (end === -1) continue;
    if (!/^\s*(#.*)?$/.test(text.slice(end + 1)))
      return { last, problem: 'text follows the closing quotation mark' };
    return { last, ...readQuotedText(parts.join('\n'), quote) } as Read;
  }
  return { last: at, problem: `the quotation mark ${quote} is never closed` };
}

/** The index of the closing mark: one that no backslash precedes. */
function closing(text: string, quote: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function readQuotedText(text: string, quote: '"' | "'"): { value: string } | { problem: string } {
  if (text.includes('\r')) return { problem: 'a carriage return inside the value' };
  if (quote === "'") return /\\(?=')|\\$/.test(text) ? { problem: ESCAPED_QUOTE } : { value: text };
  if (text.includes('$')) return { problem: DOLLAR };
  if (/\\[^nr]/.test(text.replaceAll('\\\n', '\\x'))) return { problem: ESCAPE };
  return { value: text.replaceAll('\\n', '\n').replaceAll('\\r', '\r') };
}

const ESCAPED_QUOTE =
  'a backslash before a single quotation mark: dotenv keeps both, other readers end the value there; use double quotes';
const ESCAPE =
  'dotenv keeps a backslash here, Docker Compose removes it (both read only \\n and \\r alike); use single quotes';

/** Names that differ in case only cannot be two secrets. */
function repeatedNames(variables: readonly EnvVariable[]): string[] {
  const first = new Map<string, number>();
  return variables.flatMap(({ name, line }) => {
    const known = first.get(name.toLowerCase());
    if (known !== undefined) return [`line ${line}: the same name as on line ${known}`];
    first.set(name.toLowerCase(), line);
    return [];
  });
}
