/** A visibility scope as a condition in SQL. Where the condition is wider than the domain's rule, the caller filters the rows by the rule. */

import type { VisibilityScope } from '../domain/visibility.js';
import type { Span } from '../ports/index.js';
import type { Sql } from './sql.js';

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

/** How many different lists of resources one count compares with the policies. Requests for further lists, the oldest, do not count. */
const COMPARED_MAX = 20_000;

/**
 * Four parameters for `requestVisible`, of which the last two say which requests of others the viewer may see within the span: the
 * resources, and how long (ms) such a request must have waited before its escalation approvers see it.
 */
export async function requestVisibilityParameters(
  sql: Sql,
  visibility: VisibilityScope,
  span: Span,
): Promise<readonly unknown[]> {
  const { everything, principals } = visibility;
  const lists = isExact(visibility) ? [] : await listsOf(sql, visibility, span);
  const seen = lists.flatMap((resources) => {
    const waited = mustHaveWaited(visibility, resources);
    return waited === undefined ? [] : [{ resources: resources.join(' '), waited }];
  });
  return [
    everything,
    principals,
    seen.map(({ resources }) => resources),
    seen.map(({ waited }) => waited),
  ];
}

async function listsOf(sql: Sql, visibility: VisibilityScope, { since, until }: Span) {
  const rows = await sql<{ resources: string[] }>(
    `select a.resources from approval a
     where a.created_at >= $1 and ($2::timestamptz is null or a.created_at < $2) and ${accessVisible('a', 3)}
     group by a.resources order by max(a.created_at) desc limit ${COMPARED_MAX}`,
    [since, until ?? null, ...visibilityParameters(visibility)],
  );
  return rows.map(({ resources }) => resources);
}

/** Milliseconds; undefined when the viewer does not see requests for these resources at all. */
function mustHaveWaited(
  { deciding }: VisibilityScope,
  resources: readonly string[],
): number | undefined {
  if (deciding(resources)) return 0;
  return deciding(resources, new Date(0))?.escalateAfter;
}

/** For a row of approval; `at` is the number of the first parameter. A resource has no space in its name. */
export const requestVisible = (
  row: string,
  at: number,
) => `($${at} or ${row}.principal_id = any($${at + 1})
  or exists (select from unnest($${at + 2}::text[], $${at + 3}::float8[]) seen(resources, waited)
    where seen.resources = array_to_string(${row}.resources, ' ')
      and ${row}.created_at <= clock_timestamp() - seen.waited * interval '1 ms'))`;
