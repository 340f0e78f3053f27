/** Keeps posts to one channel apart. Slack allows about one a second. https://docs.slack.dev/apis/web-api/rate-limits */

import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with true when it is this post's turn, with false when the signal aborts first. */
export type Pacer = (channel: string, signal: AbortSignal) => Promise<boolean>;

/** `gap` in ms. Knows only this process; with several, Slack's 429 does the rest. */
export function createPacer(gap: number): Pacer {
  const free = new Map<string, number>();
  return async (channel, signal) => {
    const now = performance.now();
    const turn = Math.max(now, free.get(channel) ?? 0);
    free.set(channel, turn + gap);
    return sleep(turn - now, true, { signal }).catch(() => false);
  };
}
