/** A sight as a condition in SQL. Where it is wider than the rule, what is found is sifted by the rule itself. */

import { actorIds, type VisibilityScope } from '../domain/visibility.js';

/** True when SQL alone says what this sight takes in. */
export const isExact = (visibility: VisibilityScope | undefined): boolean =>
  visibility === undefined || visibility.everything || visibility.prefixes.length === 0;

/** Two parameters, in this order: principals, prefixes. Null: no condition. */
export const visibilityParameters = (visibility: VisibilityScope | undefined) =>
  visibility === undefined || visibility.everything
    ? [null, null]
    : [visibility.principals, visibility.prefixes];

/** Of a row of approval or access_grant; `at` is the number of the first parameter. */
export const accessVisible = (row: string, at: number) => `($${at}::text[] is null
  or ${row}.principal_id = any($${at})
  or exists (select from unnest(${row}.resources) r, unnest($${at + 1}::text[]) p where starts_with(r, p)))`;

/** Of an audit event. A key that sees its own doings is searched for by their index. */
export function eventVisible(visibility: VisibilityScope | undefined, at: number) {
  if (visibility === undefined || visibility.everything)
    return { condition: 'true', parameters: [] };
  const own = `body ->> 'principal' = any($${at}::text[])`;
  if (!visibility.person) return { condition: own, parameters: [visibility.principals] };
  return {
    condition: `(${own} or (body -> 'actor' ->> 'id' = any($${at + 1}::text[]) and body ->> 'refusal' is null)
      or exists (select from jsonb_array_elements_text(body -> 'resources') r, unnest($${at + 2}::text[]) p
                 where starts_with(r, p)))`,
    parameters: [visibility.principals, actorIds(visibility), visibility.prefixes],
  };
}
