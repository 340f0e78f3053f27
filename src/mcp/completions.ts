/** Completion: the values that an argument can take, as far as the caller may know them. */

import type { Caller } from '../domain/rights.js';

/** Values that begin with what was typed so far. */
export type Suggest = (caller: Caller, typed: string) => Promise<readonly string[]>;

/** The protocol's limit of one answer. */
export const SUGGESTIONS_MAX = 100;

/** Characters of what was typed. Nothing that can be completed is longer. */
export const TYPED_MAX = 512;

/** Suggests from a list that is the same for everybody. */
export const oneOf =
  (...values: readonly string[]): Suggest =>
  async (_caller, typed) =>
    values.filter((value) => value.startsWith(typed));
