/** Waiting for work with a time limit. */

/** Runs the work with a signal that aborts with the given one, or after `ms` milliseconds. */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  ms: number,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const end = () => ending.abort();
  // Not AbortSignal.timeout within AbortSignal.any: Node 20 may collect it as garbage, and the work then never ends.
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Resolves with the result of `work`, or with undefined when the signal aborts first; a later result or error is ignored. */
export async function orTimeout<T>(work: Promise<T>, timeout: AbortSignal): Promise<T | undefined> {
  let stop = () => {};
  const timedOut = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    if (timeout.aborted) stop();
    timeout.addEventListener('abort', stop);
  });
  return Promise.race([work, timedOut]).finally(() => timeout.removeEventListener('abort', stop));
}
