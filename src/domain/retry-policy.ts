/**
 * When vsecure tries again: the waits for Slack deliveries, for notification receivers and for calls of the SDK, and what a server's
 * Retry-After does to them. A random factor spreads each wait, so that deliveries which failed together are not repeated together.
 */

import { HOUR, MINUTE, SECOND } from './limits.js';

/** Each wait is multiplied by a random factor from `from` up to, but not including, `to`. */
interface Jitter {
  readonly from: number;
  readonly to: number;
}

/** `waits` in ms: the first before the first attempt, the second before the second …; the last repeats for all later attempts. */
interface ListedWaits {
  readonly waits: readonly number[];
  readonly jitter: Jitter;
}

/** `minMs` before the second attempt, doubled before each later one, up to `maxMs`. */
interface DoublingWaits {
  readonly minMs: number;
  readonly maxMs: number;
  readonly jitter: Jitter;
}

export type RetrySchedule = ListedWaits | DoublingWaits;

const NO_JITTER: Jitter = { from: 1, to: 1 };
/** A fifth more or less. */
const A_FIFTH: Jitter = { from: 0.8, to: 1.2 };

/** One Slack delivery that failed while Slack answers others. */
export const SLACK_DELIVERY: RetrySchedule = {
  waits: [0, SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE],
  jitter: A_FIFTH,
};

/** All Slack deliveries, while Slack does not answer: at most 15 s, so that its return is noticed soon. */
export const SLACK_UNREACHABLE: RetrySchedule = {
  waits: [0, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 12.5 * SECOND],
  jitter: A_FIFTH,
};

/** `auth.test`, until Slack says which workspace the bot token belongs to. */
export const SLACK_CONNECT: RetrySchedule = {
  waits: [0, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE],
  jitter: NO_JITTER,
};

/** Opening the socket of Socket Mode. */
export const SLACK_SOCKET: RetrySchedule = {
  waits: [0, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND],
  jitter: NO_JITTER,
};

/** Milliseconds before vsecure repeats what fails until a person changes something, such as a revoked token or an archived channel. */
export const NEEDS_FIX_WAIT = MINUTE;

/** One notification to one receiver. After the last attempt vsecure gives it up. https://docs.svix.com/retries */
export const NOTIFICATION: RetrySchedule & ListedWaits = {
  waits: [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR],
  jitter: A_FIFTH,
};
export const NOTIFICATION_ATTEMPTS = NOTIFICATION.waits.length;

/** All notifications to a receiver, while it does not answer. */
export const RECEIVER_UNREACHABLE: RetrySchedule = {
  waits: [0, SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE],
  jitter: A_FIFTH,
};

/** Milliseconds. vsecure heeds a receiver's Retry-After up to this. */
export const RECEIVER_RETRY_AFTER_MAX = HOUR;

/** Calls of the SDK: the defaults of its option `retry`. */
export const SDK_CALL = { retries: 3, minMs: 250, maxMs: 10 * SECOND } as const;

/** Of all waits of the SDK: half of each wait is random. */
const SDK_JITTER: Jitter = { from: 0.5, to: 1 };

export const sdkSchedule = (waits: {
  readonly minMs: number;
  readonly maxMs: number;
}): RetrySchedule => ({ minMs: waits.minMs, maxMs: waits.maxMs, jitter: SDK_JITTER });

/** The SDK's wait for a decision, while the server does not answer. */
export const SDK_DECISION_WAIT = sdkSchedule({ minMs: 500, maxMs: 8 * SECOND });

/** Milliseconds to wait before attempt `attempt` (the first is 1). `random` is in [0, 1). */
export function delayBefore(schedule: RetrySchedule, attempt: number, random: number): number {
  const { from, to } = schedule.jitter;
  return Math.round(nominalWait(schedule, attempt) * (from + (to - from) * random));
}

function nominalWait(schedule: RetrySchedule, attempt: number): number {
  if (!('waits' in schedule))
    return attempt < 2 ? 0 : Math.min(schedule.maxMs, schedule.minMs * 2 ** (attempt - 2));
  return schedule.waits[attempt - 1] ?? schedule.waits.at(-1) ?? 0;
}

/** Never sooner than the server asks, as far as that is no longer than `maxMs`. */
export const notBefore = (
  delayMs: number,
  retryAfterMs: number | undefined,
  maxMs: number = Number.POSITIVE_INFINITY,
): number => Math.max(delayMs, Math.min(retryAfterMs ?? 0, maxMs));

/** Reads the header Retry-After, seconds or a date, as milliseconds from `now` (epoch ms). RFC 9110, section 10.2.3. */
export function parseRetryAfter(
  header: string | null | undefined,
  now: number,
): number | undefined {
  if (header === undefined || header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * SECOND : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** A status that says "not now", whatever was sent. */
export const isOverloaded = (status: number): boolean => OVERLOADED.includes(status);

const OVERLOADED: readonly number[] = [429, 502, 503, 504];
