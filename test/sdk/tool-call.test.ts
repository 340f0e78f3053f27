/** While a tool waits for a person, the AI tool gets progress often enough not to time out. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runInToolCall, withProgress } from '../../src/sdk/tool-call.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;

test('progress is sent immediately, then several times a minute, and never after the answer', async () => {
  const sent: string[] = [];
  const call = { signal: AbortSignal.any([]), progress: (text: string) => void sent.push(text) };
  let decide = (_: string) => {};
  const decision = new Promise<string>((resolve) => {
    decide = resolve;
  });
  const waiting = runInToolCall(call, () =>
    withProgress('Still waiting.', undefined, () => decision),
  );
  expect(sent).toEqual(['Still waiting.']);
  vi.advanceTimersByTime(MINUTE);
  expect(sent).toHaveLength(7);
  decide('approved');
  expect(await waiting).toBe('approved');
  vi.advanceTimersByTime(MINUTE);
  expect(sent).toHaveLength(7);
});

test('the wait ends when the AI tool cancels the call or when the program aborts its own signal', async () => {
  for (const which of ['call', 'own'] as const) {
    const controllers = { call: new AbortController(), own: new AbortController() };
    const call = { signal: controllers.call.signal, progress: () => {} };
    const aborted = (signal: AbortSignal | undefined) =>
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const waiting = runInToolCall(call, () => withProgress('…', controllers.own.signal, aborted));
    controllers[which].abort(new Error(`aborted by the ${which}`));
    await expect(waiting).rejects.toThrow(`aborted by the ${which}`);
  }
});

test('outside of a tool call no progress is sent, and the wait gets the program’s own signal', async () => {
  const { signal } = new AbortController();
  expect(await withProgress('…', signal, async (given) => given === signal)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
