/** When a change of one value makes more possible than before. Each answers with a sentence, or with false. */

import { canonicalEntries } from '../approver-entry.js';
import { canonicalRequesters } from '../requester-entry.js';
import { added } from './entries.js';

type Loosens<Value> = (before: Value, after: Value) => string | false;

export const never = (): false => false;

export const turnedOn =
  (why: string): Loosens<boolean> =>
  (before, after) =>
    !before && after && why;

export const turnedOff =
  (why: string): Loosens<boolean> =>
  (before, after) =>
    before && !after && why;

/** Undefined is no limit. */
export const raised =
  (why: string): Loosens<number | undefined> =>
  (before, after) =>
    orInfinity(after) > orInfinity(before) && why;

/** Undefined is no limit. */
export const lowered =
  (why: string): Loosens<number | undefined> =>
  (before, after) =>
    orInfinity(after) < orInfinity(before) && why;

/** A policy without approvers inherits those of a broader policy, which are not known here. */
export const moreApprovers: Loosens<readonly string[] | undefined> = (before = [], after = []) => {
  if (after.length > 0)
    return says(added(canonicalEntries(before), canonicalEntries(after)), 'may now approve');
  return before.length > 0 && "the next broader policy's approvers may now approve";
};

export const moreRequesters: Loosens<readonly string[] | undefined> = (before, after) => {
  if (before === undefined) return false;
  return after
    ? says(added(canonicalRequesters(before), canonicalRequesters(after)), 'may now ask')
    : 'everyone may now ask';
};

export const says = (items: readonly string[], what: string): string | false =>
  items.length > 0 && `${items.join(', ')} ${what}`;

const orInfinity = (limit: number | undefined): number => limit ?? Number.POSITIVE_INFINITY;
