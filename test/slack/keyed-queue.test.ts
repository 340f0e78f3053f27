/** Slack allows about one post a second in each channel, and a number of updates a minute in the workspace. */
import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { SENT } from '../../src/slack/delivery/delivery-result.js';
import { createKeyedQueue } from '../../src/slack/delivery/keyed-queue.js';
import { createRateBudget } from '../../src/slack/delivery/rate-budget.js';

const never = new AbortController().signal;

test('messages to one channel keep a gap between them, and other channels do not wait', async () => {
  const queue = createKeyedQueue(200);
  const started = performance.now();
  const when = async (channel: string) => {
    let at = 0;
    await queue(channel, never, async (spend) => {
      at = performance.now() - started;
      spend();
      return SENT;
    });
    return at;
  };
  const [first = 0, second = 0, third = 0, other] = await Promise.all(
    ['A', 'A', 'A', 'B'].map(when),
  );
  expect(second - first).toBeGreaterThanOrEqual(195);
  expect(third - second).toBeGreaterThanOrEqual(195);
  expect(other).toBeLessThan(195);
});

test('a delivery that sends nothing does not make the next one wait', async () => {
  const queue = createKeyedQueue(60_000);
  let turns = 0;
  const silent = () =>
    queue('A', never, async () => {
      turns += 1;
      return SENT;
    });
  await Promise.all(Array.from({ length: 50 }, silent));
  expect(turns).toBe(50);
});

test('two deliveries never run in one channel at the same time', async () => {
  const queue = createKeyedQueue(0);
  let working = 0;
  let most = 0;
  const work = () =>
    queue('A', never, async () => {
      working += 1;
      most = Math.max(most, working);
      await new Promise(setImmediate);
      working -= 1;
      return SENT;
    });
  await Promise.all(Array.from({ length: 20 }, work));
  expect(most).toBe(1);
});

test('a 429 blocks the queue of its channel for as long as Slack says, and no other queue', async () => {
  const queue = createKeyedQueue(0);
  const limited = queue('A', never, async () => {
    throw new WebAPIRateLimitedError(30);
  });
  await expect(limited).rejects.toThrow();
  const later = await queue('A', never, async () => SENT);
  expect(later).toMatchObject({ outcome: 'retry', error: 'rate_limited' });
  expect(later.outcome === 'retry' && later.retryAfterMs).toBeGreaterThan(29_000);
  expect(await queue('B', never, async () => SENT)).toEqual(SENT);
});

test('a delivery that waits for its turn ends without running when the worker stops', async () => {
  const queue = createKeyedQueue(5_000);
  const stopping = new AbortController();
  const say = (): ReturnType<typeof queue> =>
    queue('A', stopping.signal, async (spend) => {
      spend();
      return SENT;
    });
  expect(await say()).toEqual(SENT);
  const waiting = say();
  stopping.abort();
  expect(await waiting).toMatchObject({ outcome: 'retry', error: 'stopping' });
});

test('the rate budget allows a burst, then a number a minute, and reserves a part for urgent updates', async () => {
  const budget = createRateBudget({ burst: 8, perMinute: 600 });
  const order: string[] = [];
  const take = async (name: string, urgent: boolean) => {
    if (await budget.take(urgent, never)) order.push(name);
  };
  const started = performance.now();
  const all = Array.from({ length: 9 }, (_, place) => take(`mass ${place}`, false));
  await take('looked at', true);
  expect(order).toEqual([...Array.from({ length: 6 }, (_, place) => `mass ${place}`), 'looked at']);
  await Promise.all(all);
  // Four more than the six that the mass may have at once, one in 100 ms.
  expect(performance.now() - started).toBeGreaterThanOrEqual(350);
});

test('an update that waits for the budget ends when the worker stops', async () => {
  const budget = createRateBudget({ burst: 1, perMinute: 0.001 });
  const stopping = new AbortController();
  expect(await budget.take(true, stopping.signal)).toBe(true);
  const waiting = budget.take(true, stopping.signal);
  stopping.abort();
  expect(await waiting).toBe(false);
  expect(await budget.take(true, stopping.signal)).toBe(false);
});
