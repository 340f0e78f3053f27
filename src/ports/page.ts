/** One page of a list. */

export interface Page {
  readonly limit: number;
  /** An opaque cursor from the page before. */
  readonly after?: string | undefined;
}

export interface Listed<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
