/** Values of a policy as text, for announcements, `--dry-run` and the audit trail. */

import { formatDuration } from '../duration.js';
import { SECOND } from '../limits.js';

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** Sorted, because the order and repetition of entries mean nothing. */
export function list(items: readonly string[]): string {
  return [...new Set(items)].sort().map(quoteReservedWord).join(', ') || 'none';
}

/** A key may be called `everyone`. Without quotation marks, naming it would look like no change. */
function quoteReservedWord(item: string): string {
  return /^(?:none|everyone)$/.test(item) ? JSON.stringify(item) : item;
}

/** Also shows differences below a second. */
export function duration(ms: number): string {
  return ms % SECOND === 0 ? formatDuration(ms) : `${ms}ms`;
}
