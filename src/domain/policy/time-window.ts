/** Time windows such as `Mon-Fri 09:00-17:00 America/Los_Angeles`: the wall clock of a place decides, so daylight saving never makes an instant ambiguous. */

import { DateTime, IANAZone } from 'luxon';
import { parseZone } from './time-zone.js';
import { formatDays, parseDays } from './weekdays.js';

/** Half-open `[start, end)`. A window that ends before it starts crosses midnight and belongs to the day on which it starts. Plain data, stored as JSON. */
export interface TimeWindow {
  /** ISO weekdays, 1 = Monday, ascending. */
  readonly days: readonly number[];
  /** Minutes of the day. */
  readonly start: number;
  /** Minutes of the day; 1440 is the end of it. */
  readonly end: number;
  /** IANA name. */
  readonly zone: string;
  /** The window as people read it. `parseWindow` reads it back as the same window. */
  readonly text: string;
}

export type WindowReading =
  | {
      readonly ok: true;
      readonly value: TimeWindow;
      /** For the author: how the server read an abbreviation. */
      readonly note?: string | undefined;
    }
  | { readonly ok: false; readonly problem: string };

const DAY_MINUTES = 24 * 60;
/** Characters. Longer than any window that a person would write. */
const TEXT_MAX = 200;
const HOURS = /^(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)$/;
/** Capitals outside ASCII fold into letters inside it: a `ſ` would make another `PST`. */
const PRINTABLE = /^[\x20-\x7e]*$/;
const EXAMPLE = 'Mon-Fri 09:00-17:00 America/Los_Angeles';

/** Reads `[days] HH:MM-HH:MM zone`. The problem is a sentence for the author. */
export function parseWindow(text: string): WindowReading {
  if (text.length > TEXT_MAX) return problem(`a time window has at most ${TEXT_MAX} characters`);
  const words = text
    .trim()
    .replace(/\s*([-,])\s*/g, '$1')
    .split(/\s+/);
  const at = words.findIndex((word) => HOURS.test(word));
  const hours = parseHours(words[at] ?? '');
  if (!hours || !PRINTABLE.test(text))
    return problem(
      `${JSON.stringify(text)} is not a time window: write it like ${EXAMPLE}, with hours from 00:00 to 24:00`,
    );
  if (hours.start === hours.end || hours.start === DAY_MINUTES)
    return problem('the time window is empty: for the whole day write 00:00-24:00');
  const days = parseDays(words.slice(0, at).join(','));
  if (typeof days === 'string') return problem(days);
  return inZone({ ...hours, days }, words.slice(at + 1).join(' '));
}

function inZone(window: Omit<TimeWindow, 'zone' | 'text'>, text: string): WindowReading {
  if (text === '')
    return problem('a time window needs a time zone: add one, such as Europe/Berlin');
  const reading = parseZone(text);
  if (!reading.ok) return reading;
  const { zone, note } = reading;
  const value = { ...window, zone, text: `${formatWindow(window)} ${zone}` };
  return { ok: true, value, ...(note !== undefined && { note }) };
}

/** Checks stored data, which may be edited by hand or written by a later version. Does not look the zone up. */
export function isWindow(value: unknown): value is TimeWindow {
  if (typeof value !== 'object' || value === null) return false;
  const { days, start, end, zone, text } = value as Partial<Record<keyof TimeWindow, unknown>>;
  const numbers = Array.isArray(days) ? [...days, start, end] : [undefined];
  return numbers.every(Number.isInteger) && typeof zone === 'string' && typeof text === 'string';
}

/** Is the window open at this instant? Throws RangeError when it is no window, or its zone is unknown to this machine. */
export function isOpen(window: TimeWindow, at: Date): boolean {
  if (!isWindow(window)) throw new RangeError('not a time window');
  const local = DateTime.fromJSDate(at, { zone: IANAZone.create(window.zone) });
  if (!local.isValid) throw new RangeError(`no time in ${window.zone}: ${local.invalidReason}`);
  return isOpenOn(window, local.weekday, local.hour * 60 + local.minute);
}

/** The same by the wall clock of the window's zone: ISO weekday and minute of the day. */
export function isOpenOn(window: TimeWindow, weekday: number, minute: number): boolean {
  const { days, start, end } = window;
  const today = days.includes(weekday);
  if (start < end) return today && minute >= start && minute < end;
  const yesterday = days.includes(weekday === 1 ? 7 : weekday - 1);
  return (today && minute >= start) || (yesterday && minute < end);
}

/** The open windows of a list. Evaluates all of them, so that one that cannot be evaluated throws even when another is open. */
export function openWindows(windows: readonly TimeWindow[], at: Date): readonly TimeWindow[] {
  return windows.filter((window) => isOpen(window, at));
}

function parseHours(word: string): Pick<TimeWindow, 'start' | 'end'> | undefined {
  const match = HOURS.exec(word);
  if (!match) return undefined;
  const [h1 = 0, m1 = 0, h2 = 0, m2 = 0] = match.slice(1).map(Number);
  const start = h1 * 60 + m1;
  const end = h2 * 60 + m2;
  if (start > DAY_MINUTES || end > DAY_MINUTES) return undefined;
  // As an end, 00:00 is the end of the day.
  return { start, end: end === 0 && start > 0 ? DAY_MINUTES : end };
}

function formatWindow({ days, start, end }: Pick<TimeWindow, 'days' | 'start' | 'end'>): string {
  const hours = `${clock(start)}-${clock(end)}`;
  return days.length === 7 ? hours : `${formatDays(days)} ${hours}`;
}

function clock(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const problem = (sentence: string): WindowReading => ({ ok: false, problem: sentence });
