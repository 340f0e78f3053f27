/** Points in time as people give them: how long ago, or a date. */

import { parseDuration } from './duration.js';

/** `text` has the form that the contract asks for. */
export function momentOf(text: string, now: Date): Date {
  const ago = parseDuration(text);
  return ago === undefined ? new Date(text) : new Date(now.getTime() - ago);
}
