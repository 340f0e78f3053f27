/** Days of the week as people write them (`Mon-Fri`, `Sat,Sun`, `weekdays`); vsecure stores ISO numbers, 1 = Monday. */

import { asciiLower } from '../ascii.js';

const NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const SHORT = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const GROUPS: ReadonlyMap<string, readonly number[]> = new Map([
  ['', [1, 2, 3, 4, 5, 6, 7]],
  ['daily', [1, 2, 3, 4, 5, 6, 7]],
  ['weekdays', [1, 2, 3, 4, 5]],
  ['weekends', [6, 7]],
]);

/** The days in a list of days, ranges and groups, ascending; every day for an empty text. Otherwise a sentence that says what is wrong. */
export function parseDays(text: string): readonly number[] | string {
  const days = new Set<number>();
  for (const part of asciiLower(text).split(',')) {
    const named = part === '' && text !== '' ? undefined : (GROUPS.get(part) ?? range(part));
    if (!named)
      return `${JSON.stringify(part)} is not a day: use Mon, Tue, Wed, Thu, Fri, Sat, Sun, ranges and lists of them, weekdays, weekends or daily`;
    for (const day of named) days.add(day);
  }
  return [...days].sort((a, b) => a - b);
}

/** `Fri-Mon` runs over the weekend. */
function range(part: string): readonly number[] | undefined {
  const [first = '', last = first, ...more] = part.split('-');
  const from = dayNamed(first);
  const to = dayNamed(last);
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  const length = ((to - from + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => ((from - 1 + step) % 7) + 1);
}

function dayNamed(text: string): number | undefined {
  const index = NAMES.findIndex((name) => text === name || text === name.slice(0, 3));
  return index === -1 ? undefined : index + 1;
}

/** The shortest way to write ascending days: `Mon-Fri`, `Tue,Thu`. */
export function formatDays(days: readonly number[]): string {
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs.flatMap(formatRun).join(',');
}

function formatRun(run: readonly number[]): readonly string[] {
  const names = run.map((day) => SHORT[day - 1] ?? '?');
  return names.length > 2 ? [`${names[0]}-${names.at(-1)}`] : names;
}
