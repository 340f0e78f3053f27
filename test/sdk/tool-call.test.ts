/** While a tool waits for a person, whoever called it hears of it often enough not to give up. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runInToolCall, withProgress } from '../../src/sdk/tool-call.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;

test('at once, several times a minute, and never again after the answer', async () => {
  const told: string[] = [];
  const call = { signal: AbortSignal.any([]), progress: (text: string) => void told.push(text) };
  let decide = (_: string) => {};
  const decision = new Promise<string>((resolve) => {
    decide = resolve;
  });
  const waiting = runInToolCall(call, () =>
    withProgress('Still waiting.', undefined, () => decision),
  );
  expect(told).toEqual(['Still waiting.']);
  vi.advanceTimersByTime(MINUTE);
  expect(told).toHaveLength(7);
  decide('approved');
  expect(await waiting).toBe('approved');
  vi.advanceTimersByTime(MINUTE);
  expect(told).toHaveLength(7);
});

test('the waiting ends when the call is given up, and when the program gives up itself', async () => {
  for (const which of ['call', 'own'] as const) {
    const controllers = { call: new AbortController(), own: new AbortController() };
    const call = { signal: controllers.call.signal, progress: () => {} };
    const aborted = (signal: AbortSignal | undefined) =>
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const waiting = runInToolCall(call, () => withProgress('…', controllers.own.signal, aborted));
    controllers[which].abort(new Error(`given up by the ${which}`));
    await expect(waiting).rejects.toThrow(`given up by the ${which}`);
  }
});

test('outside of a tool call nobody is told, and the signal is the program’s own', async () => {
  const { signal } = new AbortController();
  expect(await withProgress('…', signal, async (given) => given === signal)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
