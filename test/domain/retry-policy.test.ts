/** How long vsecure waits before it tries again. */
import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/domain/limits.js';
import {
  delayBefore,
  isOverloaded,
  NOTIFICATION,
  NOTIFICATION_ATTEMPTS,
  notBefore,
  parseRetryAfter,
  RECEIVER_UNREACHABLE,
  type RetrySchedule,
  SDK_DECISION_WAIT,
  SLACK_DELIVERY,
  SLACK_SOCKET,
  SLACK_UNREACHABLE,
  sdkSchedule,
} from '../../src/domain/retry-policy.js';

/** In the middle between the least and the greatest random factor. */
const middle = (schedule: RetrySchedule, ...attempts: readonly number[]) =>
  attempts.map((attempt) => delayBefore(schedule, attempt, 0.5));

/** The shortest and the longest wait. */
const extremes = (schedule: RetrySchedule, attempt: number) =>
  [0, 0.999999].map((random) => delayBefore(schedule, attempt, random));

describe('a notification', () => {
  test('is tried eight times, with the published wait before each attempt', () => {
    expect(NOTIFICATION_ATTEMPTS).toBe(8);
    expect(middle(NOTIFICATION, 1, 2, 3, 4, 5, 6, 7, 8)).toEqual([
      0,
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      10 * HOUR,
    ]);
  });

  test('waits a fifth more or less than its schedule says', () => {
    expect(extremes(NOTIFICATION, 3)).toEqual([4 * MINUTE, 6 * MINUTE]);
  });
});

test('the waits between attempts of a Slack delivery end at five minutes, a fifth more or less', () => {
  expect(middle(SLACK_DELIVERY, 1, 2)).toEqual([0, SECOND]);
  expect(extremes(SLACK_DELIVERY, 100)).toEqual([240_000, 360_000]);
});

test('Slack is paused for at most 15 s while it does not answer', () => {
  expect(middle(SLACK_UNREACHABLE, 2, 100)).toEqual([1000, 12_500]);
  expect(delayBefore(SLACK_UNREACHABLE, 100, 0.999999)).toBe(15_000);
});

test('a receiver is paused for about a minute at most while it does not answer', () => {
  expect(middle(RECEIVER_UNREACHABLE, 2, 6, 100)).toEqual([SECOND, MINUTE, MINUTE]);
});

test('the socket is opened at once, then after listed waits without jitter', () => {
  expect(extremes(SLACK_SOCKET, 1)).toEqual([0, 0]);
  expect(extremes(SLACK_SOCKET, 7)).toEqual([30_000, 30_000]);
});

describe('a call of the SDK', () => {
  const schedule = sdkSchedule({ minMs: 250, maxMs: 10_000 });

  test('waits twice as long before each attempt, up to a maximum', () => {
    const longest = [1, 2, 3, 4, 8, 1000].map((attempt) => delayBefore(schedule, attempt, 1));
    expect(longest).toEqual([0, 250, 500, 1000, 10_000, 10_000]);
  });

  test('waits at least half of that', () => {
    expect(delayBefore(schedule, 3, 0)).toBe(250);
    expect(delayBefore(SDK_DECISION_WAIT, 100, 0)).toBe(4000);
  });
});

describe('Retry-After', () => {
  const NOW = Date.parse('2026-11-29T09:00:00Z');

  test.each([
    ['120', 120_000],
    ['0', 0],
    ['Sun, 29 Nov 2026 09:01:00 GMT', 60_000],
    ['Sun, 29 Nov 2026 08:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
    [null, undefined],
  ])('%s means a wait of %s ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });

  test('makes a wait longer, never shorter, and only up to a maximum', () => {
    expect(notBefore(1000, undefined)).toBe(1000);
    expect(notBefore(1000, 5000)).toBe(5000);
    expect(notBefore(5000, 1000)).toBe(5000);
    expect(notBefore(1000, 2 * HOUR, HOUR)).toBe(HOUR);
  });
});

test('only 429, 502, 503 and 504 say that a server is overloaded', () => {
  expect([400, 410, 429, 500, 502, 503, 504].filter(isOverloaded)).toEqual([429, 502, 503, 504]);
});
