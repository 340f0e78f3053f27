/**
 * Time zones as people write them, resolved once, when the policy is written. An abbreviation is never handed to ICU: there `PST`
 * follows daylight saving, `EST` does not, `PDT` is unknown and `BST` is Bangladesh.
 */

import { IANAZone } from 'luxon';
import { asciiLower, asciiUpper } from '../ascii.js';

export type ZoneReading =
  | { readonly ok: true; readonly zone: string; readonly note?: string | undefined }
  | { readonly ok: false; readonly problem: string };

/** Each stands for a place, daylight saving included: `PST` in July is the time on a clock in Los Angeles. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map([
  ...named('America/Los_Angeles', 'PT', 'PST', 'PDT'),
  ...named('America/Denver', 'MT', 'MST', 'MDT'),
  ...named('America/Chicago', 'CT', 'CST', 'CDT'),
  ...named('America/New_York', 'ET', 'EST', 'EDT'),
  ...named('America/Anchorage', 'AKST', 'AKDT'),
  ...named('Pacific/Honolulu', 'HST'),
  ...named('America/Sao_Paulo', 'BRT'),
  ...named('Europe/London', 'BST'),
  ...named('Europe/Lisbon', 'WET', 'WEST'),
  ...named('Europe/Paris', 'CET', 'CEST'),
  ...named('Europe/Helsinki', 'EET', 'EEST'),
  ...named('Europe/Moscow', 'MSK'),
  ...named('Africa/Johannesburg', 'SAST'),
  ...named('Asia/Kolkata', 'IST'),
  ...named('Asia/Singapore', 'SGT'),
  ...named('Asia/Hong_Kong', 'HKT'),
  ...named('Asia/Tokyo', 'JST'),
  ...named('Asia/Seoul', 'KST'),
  ...named('Australia/Perth', 'AWST'),
  ...named('Australia/Adelaide', 'ACST', 'ACDT'),
  ...named('Australia/Sydney', 'AEST', 'AEDT'),
  ...named('Pacific/Auckland', 'NZST', 'NZDT'),
]);

/** What else the same letters can mean. */
const AMBIGUOUS: ReadonlyMap<string, string> = new Map([
  ['CST', 'China and Cuba use it too'],
  ['MST', 'Arizona has no daylight saving: write America/Phoenix'],
  ['BST', 'Bangladesh uses it too'],
  ['IST', 'Ireland and Israel use it too'],
  ['EET', 'Cairo and Beirut use it too'],
  ['ACST', 'Darwin has no daylight saving: write Australia/Darwin'],
  ['AEST', 'Brisbane has no daylight saving: write Australia/Brisbane'],
]);

/** The areas of the IANA database that are places. `Etc/` is not: `Etc/GMT+8` is eight hours *behind* UTC. */
const PLACE =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//;

const ACCEPTED = `an IANA name such as America/Los_Angeles, UTC, or one of ${[...ABBREVIATIONS.keys()].join(', ')}`;

/** The IANA name that the text stands for, with a note to the author where an abbreviation was read. Offsets are refused: they lose daylight saving. */
export function parseZone(text: string): ZoneReading {
  const letters = asciiUpper(text);
  const place = ABBREVIATIONS.get(letters);
  if (place !== undefined) return { ok: true, zone: place, note: noteOn(letters, place) };
  const zone = letters === 'UTC' ? 'UTC' : placeNamed(text);
  if (zone !== undefined) return { ok: true, zone };
  return { ok: false, problem: `${JSON.stringify(text)} is not a time zone here: use ${ACCEPTED}` };
}

/** Without a slash ICU would also take its own abbreviations, none of which mean what they say all year. */
function placeNamed(text: string): string | undefined {
  if (!text.includes('/')) return undefined;
  const known = canonicalName(text);
  if (known === undefined || known === 'UTC') return known;
  if (!PLACE.test(known)) return undefined;
  return isSpelt(text) && asciiLower(known) !== asciiLower(text) ? text : known;
}

/** By the name in lower case, because ICU reads capitals alike: at most the few hundred names that it knows. */
const canonicalNames = new Map<string, string>();

/** The name that ICU prefers. It takes most of a millisecond to ask, and a set of policies may name thousands of zones. */
function canonicalName(text: string): string | undefined {
  const letters = asciiLower(text);
  const known = canonicalNames.get(letters);
  if (known !== undefined) return known;
  if (!IANAZone.isValidZone(text)) return undefined;
  const name = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  canonicalNames.set(letters, name);
  return name;
}

/** ICU prefers old names (`Asia/Calcutta`), so one that is written with its capitals stays as the author knows it. */
function isSpelt(text: string): boolean {
  return /[a-z]/.test(text) && !/(?:^|\/)[a-z]/.test(text);
}

function noteOn(letters: string, place: string): string {
  const also = AMBIGUOUS.get(letters);
  return `${letters} is read as ${place}, with its daylight saving${also ? ` (${also})` : ''}`;
}

function named(
  zone: string,
  ...letters: readonly string[]
): readonly (readonly [string, string])[] {
  return letters.map((abbreviation) => [abbreviation, zone] as const);
}
