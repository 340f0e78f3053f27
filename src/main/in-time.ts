/** Waiting for work with a time limit. */

/** Resolves with the result of `work`, or with `otherwise()` after `ms` milliseconds; a later result or error is ignored. */
export function inTime<T>(work: Promise<T>, ms: number, otherwise: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const slow = setTimeout(() => resolve(otherwise()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(slow));
  });
}
