/** A sight as a condition in SQL. Where it is wider than the rule, what is found is sifted by the rule itself. */

import { actorIds, type Sight } from '../domain/visibility.js';

/** True when SQL alone says what this sight takes in. */
export const isExact = (sight: Sight | undefined): boolean =>
  sight === undefined || sight.everything || sight.prefixes.length === 0;

/** Two parameters, in this order: principals, prefixes. Null: no condition. */
export const sightParameters = (sight: Sight | undefined) =>
  sight === undefined || sight.everything ? [null, null] : [sight.principals, sight.prefixes];

/** Of a row of approval or access_grant; `at` is the number of the first parameter. */
export const accessInSight = (row: string, at: number) => `($${at}::text[] is null
  or ${row}.principal_id = any($${at})
  or exists (select from unnest(${row}.resources) r, unnest($${at + 1}::text[]) p where starts_with(r, p)))`;

/** Of an audit event. A key that sees its own doings is searched for by their index. */
export function eventInSight(sight: Sight | undefined, at: number) {
  if (sight === undefined || sight.everything) return { condition: 'true', parameters: [] };
  const own = `body ->> 'principal' = any($${at}::text[])`;
  if (!sight.person) return { condition: own, parameters: [sight.principals] };
  return {
    condition: `(${own} or (body -> 'actor' ->> 'id' = any($${at + 1}::text[]) and body ->> 'refusal' is null)
      or exists (select from jsonb_array_elements_text(body -> 'resources') r, unnest($${at + 2}::text[]) p
                 where starts_with(r, p)))`,
    parameters: [sight.principals, actorIds(sight), sight.prefixes],
  };
}
