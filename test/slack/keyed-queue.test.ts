/** Slack allows about one post a second in each channel, and so many redrawings a minute in all. */
import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { SENT } from '../../src/slack/delivery/delivery-result.js';
import { createKeyedQueue } from '../../src/slack/delivery/keyed-queue.js';
import { createRateBudget } from '../../src/slack/delivery/rate-budget.js';

const never = new AbortController().signal;

test('what is said in one channel keeps a distance, and other channels do not wait for it', async () => {
  const lanes = createKeyedQueue(200);
  const started = performance.now();
  const when = async (channel: string) => {
    let at = 0;
    await lanes(channel, never, async (spend) => {
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

test('who has nothing to say after all uses up no turn', async () => {
  const lanes = createKeyedQueue(60_000);
  let turns = 0;
  const silent = () =>
    lanes('A', never, async () => {
      turns += 1;
      return SENT;
    });
  await Promise.all(Array.from({ length: 50 }, silent));
  expect(turns).toBe(50);
});

test('two are never at work in one channel at the same time', async () => {
  const lanes = createKeyedQueue(0);
  let working = 0;
  let most = 0;
  const work = () =>
    lanes('A', never, async () => {
      working += 1;
      most = Math.max(most, working);
      await new Promise(setImmediate);
      working -= 1;
      return SENT;
    });
  await Promise.all(Array.from({ length: 20 }, work));
  expect(most).toBe(1);
});

test('a 429 closes the lane of its channel for as long as Slack says, and no other', async () => {
  const lanes = createKeyedQueue(0);
  const limited = lanes('A', never, async () => {
    throw new WebAPIRateLimitedError(30);
  });
  await expect(limited).rejects.toThrow();
  const later = await lanes('A', never, async () => SENT);
  expect(later).toMatchObject({ outcome: 'retry', error: 'rate_limited' });
  expect(later.outcome === 'retry' && later.retryAfterMs).toBeGreaterThan(29_000);
  expect(await lanes('B', never, async () => SENT)).toEqual(SENT);
});

test('who waits for a turn is let go when the relay stops, and nobody takes it', async () => {
  const lanes = createKeyedQueue(5_000);
  const stopping = new AbortController();
  const say = (): ReturnType<typeof lanes> =>
    lanes('A', stopping.signal, async (spend) => {
      spend();
      return SENT;
    });
  expect(await say()).toEqual(SENT);
  const waiting = say();
  stopping.abort();
  expect(await waiting).toMatchObject({ outcome: 'retry', error: 'stopping' });
});

test('a budget gives a burst, then so many a minute, and keeps a part for who is looking', async () => {
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

test('who waits for the budget is let go when the relay stops', async () => {
  const budget = createRateBudget({ burst: 1, perMinute: 0.001 });
  const stopping = new AbortController();
  expect(await budget.take(true, stopping.signal)).toBe(true);
  const waiting = budget.take(true, stopping.signal);
  stopping.abort();
  expect(await waiting).toBe(false);
  expect(await budget.take(true, stopping.signal)).toBe(false);
});
