/** What may be logged of an error whose origin is not known. */

/** Its name alone: a message may hold what was about to be written, or what somebody said. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? error.name : 'unknown';
