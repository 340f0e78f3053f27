/** A visibility scope as a condition in SQL. Where the condition is wider than the domain's rule, the caller filters the rows by the rule. */

import type { VisibilityScope } from '../domain/visibility.js';

/** True when the condition in SQL equals the rule. */
export const isExact = (visibility: VisibilityScope | undefined): boolean =>
  visibility === undefined || visibility.everything || visibility.prefixes.length === 0;

/** Two parameters, in this order: principals, prefixes. Null: no condition. */
export const visibilityParameters = (visibility: VisibilityScope | undefined) =>
  visibility === undefined || visibility.everything
    ? [null, null]
    : [visibility.principals, visibility.prefixes];

/** For a row of approval or access_grant; `at` is the number of the first parameter. */
export const accessVisible = (row: string, at: number) => `($${at}::text[] is null
  or ${row}.principal_id = any($${at})
  or exists (select from unnest(${row}.resources) r, unnest($${at + 1}::text[]) p where starts_with(r, p)))`;
