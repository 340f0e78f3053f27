import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { isOpen, openWindows, parseWindow } from '../../../src/domain/policy/time-window.js';
import { windowOf } from '../policy-fixture.js';

const openAt = (text: string, local: string) => {
  const window = windowOf(text);
  return isOpen(window, DateTime.fromISO(local, { zone: window.zone }).toJSDate());
};

test.each([
  ['09:00-17:00 PST', '09:00-17:00 America/Los_Angeles'],
  ['Mon-Fri 09:00-17:00 America/New_York', 'Mon-Fri 09:00-17:00 America/New_York'],
  ['mon-fri 9:00-17:00 america/new_york', 'Mon-Fri 09:00-17:00 America/New_York'],
  ['Monday - Friday  09:00 - 17:00  pdt', 'Mon-Fri 09:00-17:00 America/Los_Angeles'],
  ['weekdays 09:00-17:00 CET', 'Mon-Fri 09:00-17:00 Europe/Paris'],
  ['weekends 10:00-12:30 UTC', 'Sat,Sun 10:00-12:30 UTC'],
  ['daily 22:00-06:00 utc', '22:00-06:00 UTC'],
  ['Mon-Sun 00:00-24:00 JST', '00:00-24:00 Asia/Tokyo'],
  ['Fri, Mon, Mon, Wed 08:00-09:00 NZDT', 'Mon,Wed,Fri 08:00-09:00 Pacific/Auckland'],
  ['Fri-Mon 08:00-09:00 IST', 'Mon,Fri-Sun 08:00-09:00 Asia/Kolkata'],
  ['20:00-00:00 Etc/UTC', '20:00-24:00 UTC'],
  ['00:00-00:01 BST', '00:00-00:01 Europe/London'],
  ['09:00-17:00 US/Pacific', '09:00-17:00 US/Pacific'],
  ['09:00-17:00 us/pacific', '09:00-17:00 America/Los_Angeles'],
  ['09:00-17:00 Asia/Kolkata', '09:00-17:00 Asia/Kolkata'],
  ['09:00-17:00 America/Argentina/Buenos_Aires', '09:00-17:00 America/Argentina/Buenos_Aires'],
  ['09:00-17:00 america/port-au-prince', '09:00-17:00 America/Port-au-Prince'],
])('the time window %j is read as %j', (text, echo) => {
  expect(windowOf(text).text).toBe(echo);
});

const ZONES = 'use an IANA name such as America/Los_Angeles, UTC, or one of PT, PST, PDT, MT,';

test.each([
  ['', 'not a time window'],
  ['always', 'write it like Mon-Fri 09:00-17:00 America/Los_Angeles'],
  ['9am-5pm PST', 'not a time window'],
  ['9-17 PST', 'not a time window'],
  ['09:00-25:00 PST', 'not a time window'],
  ['09:00-24:01 PST', 'not a time window'],
  ['09:60-17:00 PST', 'not a time window'],
  ['09:00:00-17:00:00 PST', 'not a time window'],
  ['09:00-09:00 UTC', 'empty: for the whole day write 00:00-24:00'],
  ['00:00-00:00 UTC', 'empty: for the whole day write 00:00-24:00'],
  ['24:00-06:00 UTC', 'empty: for the whole day write 00:00-24:00'],
  ['09:00-17:00', 'needs a time zone: add one, such as Europe/Berlin'],
  ['Mon-Fri 09:00-17:00  ', 'needs a time zone'],
  ['09:00-17:00 UTC-8', ZONES],
  ['09:00-17:00 UTC - 8', ZONES],
  ['09:00-17:00 utc+05:30', ZONES],
  ['09:00-17:00 GMT-8', ZONES],
  ['09:00-17:00 GMT', ZONES],
  ['09:00-17:00 -08:00', 'not a time window'],
  ['09:00-17:00 +02:00', ZONES],
  ['09:00-17:00 Z', ZONES],
  ['09:00-17:00 Etc/GMT+8', ZONES],
  ['09:00-17:00 SystemV/PST8PDT', ZONES],
  ['09:00-17:00 PST8PDT', ZONES],
  ['09:00-17:00 ACT', ZONES],
  ['09:00-17:00 local', ZONES],
  ['09:00-17:00 system', ZONES],
  ['09:00-17:00 constructor', ZONES],
  ['09:00-17:00 Pacific', ZONES],
  ['09:00-17:00 America/Atlantis', '"America/Atlantis" is not a time zone'],
  ['09:00-12:00 13:00-17:00 PT', '"13:00-17:00 PT" is not a time zone'],
  ['Mo-Fr 09:00-17:00 PST', '"mo-fr" is not a day: use Mon, Tue'],
  ['Money 09:00-17:00 PST', '"money" is not a day'],
  ['Mon-Tue-Wed 09:00-17:00 PST', '"mon-tue-wed" is not a day'],
  ['Mon,,Tue 09:00-17:00 PST', '"" is not a day'],
  ['09:00-17:00 PST\nMon', 'not a time window'],
  ['09:00-17:00 PſT', 'not a time window'],
  ['wee\u212Adays 09:00-17:00 PST', 'not a time window'],
  [`09:00-17:00 ${'x'.repeat(200)}`, 'at most 200 characters'],
])('the time window %j is refused when the policy is written, with the reason', (text, problem) => {
  const reading = parseWindow(text);
  expect(reading.ok ? reading.value.text : reading.problem).toContain(problem);
  expect(reading.ok).toBe(false);
});

test('a note shows the author how an abbreviation was read, and what else it can mean', () => {
  expect(parseWindow('09:00-17:00 pst')).toMatchObject({
    note: 'PST is read as America/Los_Angeles, with its daylight saving',
  });
  expect(parseWindow('09:00-17:00 IST')).toMatchObject({
    note: expect.stringContaining('(Ireland and Israel use it too)'),
  });
  expect(parseWindow('09:00-17:00 Europe/Dublin')).not.toHaveProperty('note');
});

test('a stored time window is plain data in its resolved time zone', () => {
  const window = windowOf('Sat 22:00-06:00 PST');
  expect(window).toStrictEqual({
    days: [6],
    start: 1320,
    end: 360,
    zone: 'America/Los_Angeles',
    text: 'Sat 22:00-06:00 America/Los_Angeles',
  });
  expect(JSON.parse(JSON.stringify(window))).toStrictEqual(window);
});

const time = (from: number, to: number) =>
  fc
    .integer({ min: from, max: to })
    .map(
      (at) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`,
    );

test('the canonical text of a window reads back as the same window', () => {
  const names = ['mon', 'Tuesday', 'WED', 'Thu', 'fri', 'sat', 'Sunday'];
  const days = fc.subarray(names, { minLength: 1 }).map((list) => list.join(','));
  const zone = fc.constantFrom('UTC', 'PT', 'IST', 'europe/kyiv', 'Europe/Kyiv', 'ASIA/CALCUTTA');
  fc.assert(
    fc.property(days, time(0, 1439), time(0, 1440), zone, (on, start, end, where) => {
      fc.pre(start !== end);
      const window = windowOf(`${on} ${start}-${end} ${where}`);
      expect(windowOf(window.text)).toStrictEqual(window);
    }),
  );
});

test('no text makes the parser throw, and every window that it accepts can be evaluated', () => {
  const words = fc.constantFrom(
    'Mon',
    '-',
    ',',
    '09:00',
    '17:00',
    '24:00',
    'PST',
    'UTC',
    '/',
    '🕛',
    ' ',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, fc.date({ noInvalidDate: true }), (anything, at) => {
      const reading = parseWindow(anything);
      expect(reading.ok ? typeof isOpen(reading.value, at) : reading.problem).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test.each([
  // Half-open, to the millisecond; 2026-03-02 is a Monday.
  ['Mon-Fri 09:00-17:00 PT', '2026-03-02T08:59:59.999', false],
  ['Mon-Fri 09:00-17:00 PT', '2026-03-02T09:00:00', true],
  ['Mon-Fri 09:00-17:00 PT', '2026-03-02T16:59:59.999', true],
  ['Mon-Fri 09:00-17:00 PT', '2026-03-02T17:00:00', false],
  ['Mon-Fri 09:00-17:00 PT', '2026-03-01T12:00:00', false],
  // Across midnight it belongs to the day on which it starts.
  ['Fri 22:00-06:00 PT', '2026-03-06T21:59:59', false],
  ['Fri 22:00-06:00 PT', '2026-03-06T22:00:00', true],
  ['Fri 22:00-06:00 PT', '2026-03-07T05:59:59', true],
  ['Fri 22:00-06:00 PT', '2026-03-07T06:00:00', false],
  ['Fri 22:00-06:00 PT', '2026-03-06T03:00:00', false],
  ['Sun 22:00-06:00 PT', '2026-03-02T03:00:00', true],
  ['Fri 18:00-24:00 PT', '2026-03-06T23:59:59.999', true],
  ['Fri 18:00-24:00 PT', '2026-03-07T00:00:00', false],
  ['Fri 18:00-00:00 PT', '2026-03-06T00:00:00', false],
  ['Sat 00:00-24:00 PT', '2026-03-07T00:00:00', true],
  ['Sat 00:00-24:00 PT', '2026-03-08T00:00:00', false],
])('%s at %s local time is open: %s', (text, local, open) => {
  expect(openAt(text, local)).toBe(open);
});

test('PST follows the clocks of Los Angeles in summer too', () => {
  expect(isOpen(windowOf('09:00-17:00 PST'), new Date('2026-07-01T16:00:00Z'))).toBe(true);
  expect(isOpen(windowOf('09:00-17:00 PST'), new Date('2026-01-01T16:00:00Z'))).toBe(false);
});

test('openWindows returns the open windows of a list', () => {
  const windows = ['Mon 09:00-10:00 UTC', 'Mon 09:30-11:00 UTC', 'Tue 09:00-10:00 UTC'].map(
    windowOf,
  );
  const open = (at: string) => openWindows(windows, new Date(at)).map(({ text }) => text);
  expect(open('2026-03-02T09:45Z')).toEqual(['Mon 09:00-10:00 UTC', 'Mon 09:30-11:00 UTC']);
  expect(open('2026-03-02T10:30Z')).toEqual(['Mon 09:30-11:00 UTC']);
  expect(open('2026-03-02T11:00Z')).toEqual([]);
});

test('a stored time zone that this machine does not know is an error, neither open nor closed', () => {
  for (const zone of ['Mars/Olympus', 'local', ''])
    expect(() => isOpen({ ...windowOf('00:00-24:00 UTC'), zone }, new Date(0))).toThrow(RangeError);
  expect(() => isOpen(windowOf('00:00-24:00 UTC'), new Date(Number.NaN))).toThrow(RangeError);
});
