/** Slack allows about one post a second in each channel. */
import { expect, test } from 'vitest';
import { createPacer } from '../../src/slack/pacer.js';

test('posts to one channel keep a distance, posts to others do not wait for them', async () => {
  const pacer = createPacer(200);
  const { signal } = new AbortController();
  const started = performance.now();
  const when = async (channel: string) => {
    await pacer(channel, signal);
    return performance.now() - started;
  };
  const [first, second, third, other] = await Promise.all(['A', 'A', 'A', 'B'].map(when));
  expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(195);
  expect(Number(third) - Number(second)).toBeGreaterThanOrEqual(195);
  expect(Number(other)).toBeLessThan(195);
});

test('who waits for a channel’s turn is let go when the relay stops', async () => {
  const pacer = createPacer(60_000);
  const stopping = new AbortController();
  expect(await pacer('A', stopping.signal)).toBe(true);
  const waiting = pacer('A', stopping.signal);
  stopping.abort();
  expect(await waiting).toBe(false);
});
