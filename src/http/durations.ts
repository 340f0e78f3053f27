/** Reads durations: text on the wire, milliseconds in the program. */

import { parseDuration } from '../domain/duration.js';
import { DURATION_MIN } from '../domain/limits.js';
import { ok, type Result, refused } from '../domain/result.js';

/** Milliseconds. Refuses a zero duration such as `0m`. */
export function readDuration(text: string): Result<number> {
  const ms = parseDuration(text);
  return ms ? ok(ms) : refused({ code: 'invalid_duration', minimum: DURATION_MIN });
}

/** The same for an optional field. */
export function readOptionalDuration(text: string | undefined): Result<number | undefined> {
  return text === undefined ? ok(undefined) : readDuration(text);
}
