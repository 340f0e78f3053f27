/** Formats a measured time for people. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds as `2.4 s`, `6 min 38 s` or `1 h 5 min`. A dash when nothing was measured. */
export function elapsed(ms: number | undefined): string {
  if (ms === undefined) return '–';
  const tenths = Math.round(ms / 100) * 100;
  if (tenths < MINUTE) return `${(tenths / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND) * SECOND;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ${(seconds % MINUTE) / SECOND} s`;
  const minutes = Math.round(ms / MINUTE) * MINUTE;
  return `${Math.floor(minutes / HOUR)} h ${(minutes % HOUR) / MINUTE} min`;
}
