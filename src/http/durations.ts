/** Durations come as text and are milliseconds inside. */

import { parseDuration } from '../domain/duration.js';
import { DURATION_MIN } from '../domain/limits.js';
import { ok, type Result, refused } from '../domain/result.js';

/** Milliseconds; refuses nothing at all, like `0m`. */
export function readDuration(text: string): Result<number> {
  const ms = parseDuration(text);
  return ms ? ok(ms) : refused({ code: 'invalid_duration', minimum: DURATION_MIN });
}

/** The same where a duration may be left out. */
export function readOptional(text: string | undefined): Result<number | undefined> {
  return text === undefined ? ok(undefined) : readDuration(text);
}
