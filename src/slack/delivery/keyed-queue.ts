/**
 * A queue for each Slack channel: messages to one channel are sent one after another, with a gap between them. Each process has its own
 * queues; where several processes send too fast, Slack answers 429 and the delivery is retried.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryResult } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';
import { STOPPING } from './delivery-result.js';

/**
 * Runs `work` when it is this channel's turn, and returns its result. `work` calls `spend` when it really sends something: only then does
 * the next one wait for the gap. Throws what `work` throws.
 */
export type KeyedQueue = (
  channel: string,
  signal: AbortSignal,
  work: (spend: () => void) => Promise<DeliveryResult>,
) => Promise<DeliveryResult>;

interface ChannelQueue {
  /** Resolves when everything that was queued before has run. */
  tail: Promise<void>;
  waiting: number;
  /** Nothing may be sent before this time (ms of the monotonic clock). */
  freeAt: number;
}

/** Milliseconds. A delivery that would wait longer is retried later, because its lease would end meanwhile. */
const WAIT_MAX = 8_000;

/** `gap` in ms. A 429 blocks the queue of its channel for as long as Slack says. */
export function createKeyedQueue(gap: number): KeyedQueue {
  const queues = new Map<string, ChannelQueue>();
  return async (channel, signal, work) => {
    const queue = queues.get(channel) ?? { tail: Promise.resolve(), waiting: 0, freeAt: 0 };
    queues.set(channel, queue);
    const before = queue.tail;
    let leave = () => {};
    queue.tail = new Promise((resolve) => {
      leave = resolve;
    });
    queue.waiting += 1;
    try {
      await before;
      return (await waitUntilFree(queue, signal)) ?? (await work(() => block(queue, gap)));
    } catch (error) {
      block(queue, webFailure(error)?.retryAfterMs ?? 0);
      throw error;
    } finally {
      queue.waiting -= 1;
      leave();
      if (queue.waiting === 0 && queue.freeAt <= performance.now()) queues.delete(channel);
    }
  };
}

function block(queue: ChannelQueue, ms: number): void {
  queue.freeAt = Math.max(queue.freeAt, performance.now() + ms);
}

/** Undefined when the queue is free, else the result of a delivery that cannot run now. */
async function waitUntilFree(
  { freeAt }: ChannelQueue,
  signal: AbortSignal,
): Promise<DeliveryResult | undefined> {
  const wait = Math.max(0, freeAt - performance.now());
  if (wait > WAIT_MAX) return { outcome: 'retry', error: 'rate_limited', retryAfterMs: wait };
  const isFree = await sleep(wait, true, { signal }).catch(() => false);
  return isFree ? undefined : STOPPING;
}
