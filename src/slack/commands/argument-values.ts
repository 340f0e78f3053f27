/** Reads the value of an argument or flag. An error says what is wrong, with valid examples. */

import { moment as momentText } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import { asciiLower } from '../../domain/ascii.js';
import { nearest } from '../../domain/did-you-mean.js';
import { momentOf } from '../../domain/instant.js';
import { parsePattern } from '../../domain/pattern.js';
import { ok, type Result } from '../../domain/result.js';
import { SLACK_USER_ID } from '../../domain/vocabulary.js';
import { problem } from './arguments.js';

/** Undefined stays undefined. */
export function optional<T, V>(
  value: V | undefined,
  read: (value: V) => Result<T>,
): Result<T | undefined> {
  return value === undefined ? ok(undefined) : read(value);
}

/** A duration before now, a date (midnight UTC) or a time. */
export const readMoment =
  (flag: string, now: Date) =>
  (text: string): Result<Date> => {
    const read = momentText.safeParse(text);
    if (read.success) return ok(momentOf(read.data, now));
    return problem(
      `"${text}" is not a time for --${flag}. Examples: 24h (ago), 7d, 2026-11-01, 2026-11-01T09:00:00Z`,
    );
  };

/** A resource or pattern, in full or without `vsecure://secrets/`. */
export function readPattern(text: string): Result<string> {
  const read = parsePattern(fullUri(text));
  if (read.ok || read.refusal.code !== 'invalid_resource') return read;
  return problem(
    `"${text}" is not a resource: ${read.refusal.problem}. Examples: production/*, production/DATABASE_URL, vsecure://audit`,
  );
}

/** One of a fixed list of values. */
export const readWord =
  <W extends string>(flag: string, known: readonly W[]) =>
  (text: string): Result<W> => {
    const found = known.find((one) => one === asciiLower(text));
    if (found !== undefined) return ok(found);
    const near = nearest(text, known);
    const hint = near ? ` Did you mean ${near}?` : '';
    return problem(
      `"${text}" is not a value for --${flag}.${hint} Use one of: ${known.join(', ')}`,
    );
  };

const REFERENCE = /^<@(\w+)(?:\|[^<>]*)?>$/;

/** The account that a mention names; undefined for any other text. */
export function mentioned(text: string): string | undefined {
  const userId = REFERENCE.exec(text)?.[1] ?? '';
  return SLACK_USER_ID.test(userId) ? userId : undefined;
}
