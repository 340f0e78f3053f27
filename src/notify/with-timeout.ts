/** Waiting for work with a time limit. */

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
