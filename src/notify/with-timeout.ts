/** Waiting for something that may never come. */

/** What came of the work; undefined when it was too late for that. Nobody hears then how the work goes on. */
export async function unlessLate<T>(work: Promise<T>, late: AbortSignal): Promise<T | undefined> {
  let stop = () => {};
  const over = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    if (late.aborted) stop();
    late.addEventListener('abort', stop);
  });
  return Promise.race([work, over]).finally(() => late.removeEventListener('abort', stop));
}
