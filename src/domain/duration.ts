/** Parses and formats durations such as `90s`, `30m`, `1h`, `1h30m`, `7d`. Internally a duration is a whole number of milliseconds. */

import { DAY, DURATION_MIN, HOUR, MINUTE, SECOND } from './limits.js';

const UNITS = { d: DAY, h: HOUR, m: MINUTE, s: SECOND } as const;
const FORM = /^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;

/** Returns milliseconds, or undefined when the text is not a duration above zero. */
export function parseDuration(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, d = 0, h = 0, m = 0, s = 0] = match;
  const ms = Number(d) * DAY + Number(h) * HOUR + Number(m) * MINUTE + Number(s) * SECOND;
  return ms > 0 ? ms : undefined;
}

/** Whether this is a whole number of milliseconds of at least `DURATION_MIN`. */
export function isDuration(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= DURATION_MIN;
}

/** Returns the shortest notation: `5400000` → `1h30m`. Fractions of a second are dropped. */
export function formatDuration(ms: number): string {
  let left = Math.floor(ms / SECOND) * SECOND;
  let text = '';
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text || '0s';
}

/** The same in words, for people: `1 hour 30 min`, `6 min 38 s`. */
export function spellDuration(ms: number): string {
  let left = Math.floor(ms / SECOND) * SECOND;
  const parts: string[] = [];
  for (const [size, one, many] of WORDS) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${count === 1 ? one : many}`);
    left -= count * size;
  }
  return parts.join(' ') || '0 s';
}

const WORDS = [
  [DAY, 'day', 'days'],
  [HOUR, 'hour', 'hours'],
  [MINUTE, 'min', 'min'],
  [SECOND, 's', 's'],
] as const;
