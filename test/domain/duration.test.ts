/** Durations as people write them. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, isDuration, parseDuration } from '../../src/domain/duration.js';
import { DAY, DURATION_CEILING, HOUR, MINUTE, SECOND } from '../../src/domain/limits.js';

test('a formatted duration parses to the same number of seconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: DURATION_CEILING / SECOND }), (seconds) => {
      expect(parseDuration(formatDuration(seconds * SECOND))).toBe(seconds * SECOND);
    }),
    { numRuns: 20_000 },
  );
});

test('a formatted duration uses the largest possible units', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: DURATION_CEILING }), (ms) => {
      const [, h = 0, m = 0, s = 0] =
        /^(?:\d+d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(formatDuration(ms)) ?? [];
      expect(Number(h) < 24 && Number(m) < 60 && Number(s) < 60).toBe(true);
    }),
  );
});

test.each([
  ['90s', 90 * SECOND, '1m30s'],
  ['30m', 30 * MINUTE, '30m'],
  ['60m', HOUR, '1h'],
  ['1h30m', 90 * MINUTE, '1h30m'],
  ['7d', 7 * DAY, '7d'],
  ['1d1h1m1s', DAY + HOUR + MINUTE + SECOND, '1d1h1m1s'],
  ['0h5m', 5 * MINUTE, '5m'],
])('%s parses to %d ms and is formatted as %s', (text, ms, written) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(written);
});

test.each([
  [
    '',
    '0',
    '0s',
    '0h0m',
    '1',
    '3600',
    'h',
    '1 h',
    '1h ',
    ' 1h',
    '1H',
    '-1h',
    '+1h',
    '1.5h',
    '1e3s',
  ],
  ['30m1h', '1h1h', '1w', '1ms', '1h30', '\u0661h', '\u221E', 'Infinity', 'NaN', '1h\n', '1h\0'],
  ['9999d', `${'9'.repeat(400)}s`],
])('text that is not a duration is not parsed: %j …', (...texts) => {
  expect(texts.filter((text) => parseDuration(text) !== undefined)).toEqual([]);
});

test('less than a second is formatted as 0s', () => {
  expect(formatDuration(999)).toBe('0s');
  expect(formatDuration(1999)).toBe('1s');
});

describe('a duration that a grant can have', () => {
  test.each([MINUTE, MINUTE + 1, DURATION_CEILING])(
    '%d ms is a valid duration of a grant',
    (ms) => {
      expect(isDuration(ms)).toBe(true);
    },
  );

  test.each([0, -1, MINUTE - 1, MINUTE + 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    '%d ms is not a valid duration of a grant',
    (ms) => expect(isDuration(ms)).toBe(false),
  );
});
