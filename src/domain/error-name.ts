/** The only part of an error of unknown origin that may be logged. */

/** Only the name: the message may contain a value that was being written, or a user's text. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? error.name : 'unknown';
