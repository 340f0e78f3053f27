/** The database cannot be used at the moment: it is down, unreachable, read-only, full or overloaded. */

/** Seconds after which the caller may try again. */
export const RETRY_AFTER_SECONDS = 2;

const UNDONE =
  'The database of vsecure is not available at the moment. Nothing was changed; try again shortly.';
const UNKNOWN =
  'The connection to the database of vsecure broke before the change was confirmed, so it is unknown whether it was made. Look at the current state, or repeat the request with the same idempotency key: the change is made only once.';

/** Thrown by the store instead of the driver's error. The message is for the caller and quotes nothing. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly code = 'unavailable';
  /** True when the database certainly changed nothing. False when the answer to a COMMIT was lost, so that the outcome is unknown. */
  readonly undone: boolean;

  constructor(undone: boolean, cause: unknown) {
    super(undone ? UNDONE : UNKNOWN, { cause });
    this.undone = undone;
  }

  /** The same trouble for a request that has changed something before. */
  afterChange(): UnavailableError {
    return this.undone ? new UnavailableError(false, this.cause) : this;
  }
}
