/** Completion: possible values of an argument, limited to what the caller may see. */

import type { Caller } from '../domain/rights.js';

/** Returns values that begin with the typed text. */
export type Suggest = (caller: Caller, typed: string) => Promise<readonly string[]>;

/** The protocol's limit for one answer. */
export const SUGGESTIONS_MAX = 100;

/** Characters of typed text. No completable value is longer. */
export const TYPED_MAX = 512;

/** Suggests from a list that is the same for every caller. */
export const oneOf =
  (...values: readonly string[]): Suggest =>
  async (_caller, typed) =>
    values.filter((value) => value.startsWith(typed));
