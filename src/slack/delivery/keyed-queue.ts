/**
 * What is said in one channel is said one after the other, with a distance in between. Knows only this process; with several,
 * Slack's 429 does the rest.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { webFailure } from '../client/web-failure.js';
import type { Delivered } from './delivery-result.js';

/**
 * Runs `work` when it is this channel's turn, and passes its answer on. `spend` is called when something is really said: only then
 * the next one waits. Throws what `work` throws.
 */
export type Lanes = (
  channel: string,
  signal: AbortSignal,
  work: (spend: () => void) => Promise<Delivered>,
) => Promise<Delivered>;

interface Lane {
  /** Resolves when everybody who came so far has had their turn. */
  tail: Promise<void>;
  waiting: number;
  /** Nothing may be said before (ms of the monotonic clock). */
  freeAt: number;
}

/** Who would wait for longer than this (ms) comes back later: the lease would run out. */
const PATIENCE = 8_000;

/** `gap` in ms. A 429 closes the lane of its channel for as long as Slack says. */
export function createLanes(gap: number): Lanes {
  const lanes = new Map<string, Lane>();
  return async (channel, signal, work) => {
    const lane = lanes.get(channel) ?? { tail: Promise.resolve(), waiting: 0, freeAt: 0 };
    lanes.set(channel, lane);
    const before = lane.tail;
    let leave = () => {};
    lane.tail = new Promise((resolve) => {
      leave = resolve;
    });
    lane.waiting += 1;
    try {
      await before;
      return (await unfree(lane, signal)) ?? (await work(() => spend(lane, gap)));
    } catch (error) {
      spend(lane, webFailure(error)?.retryAfterMs ?? 0);
      throw error;
    } finally {
      lane.waiting -= 1;
      leave();
      if (lane.waiting === 0 && lane.freeAt <= performance.now()) lanes.delete(channel);
    }
  };
}

function spend(lane: Lane, ms: number): void {
  lane.freeAt = Math.max(lane.freeAt, performance.now() + ms);
}

/** Undefined when the lane is free, for which it waits a while. */
async function unfree({ freeAt }: Lane, signal: AbortSignal): Promise<Delivered | undefined> {
  const wait = Math.max(0, freeAt - performance.now());
  if (wait > PATIENCE) return { outcome: 'retry', error: 'rate_limited', retryAfterMs: wait };
  const came = await sleep(wait, true, { signal }).catch(() => false);
  return came ? undefined : { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
}
