/** Points in time that a user enters: an age or a date. */

import { parseDuration } from './duration.js';

/** `text` must be valid according to the contract. An age such as `7d` counts back from `now`. */
export function momentOf(text: string, now: Date): Date {
  const ago = parseDuration(text);
  return ago === undefined ? new Date(text) : new Date(now.getTime() - ago);
}
