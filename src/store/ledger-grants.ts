/** Locks the grants of a group and counts their uses. The update that counts is also what checks the clock. */

import type { GrantId } from '../domain/grant.js';
import type { GrantStatus } from '../domain/vocabulary.js';
import { LIVE, STATUS } from './grants.js';
import type { Sighting } from './ledger-lookup.js';
import type { Sql } from './sql.js';

/** How each grant stands while its row is held, and how many uses the reads of the group take of it. */
export type Uses = Map<
  GrantId,
  { readonly status: GrantStatus; readonly left: number; taken: number }
>;

export interface Counted {
  readonly endsAt: Date;
  /** Milliseconds to its end when the database looked at its clock. */
  readonly remainingMs: number;
}

/** Holds the grants that reads may use, in the order of their ids so that two processes never wait for each other in a ring. */
export async function lockGrants(sql: Sql, sightings: readonly Sighting[]): Promise<Uses> {
  const ids = sightings.filter(usable).map(({ grant }) => grant?.id);
  const uses: Uses = new Map();
  if (ids.length === 0) return uses;
  const rows = await sql<{ id: GrantId; status: GrantStatus; left: number | null }>(
    `select g.id, ${STATUS} as status, g.max_uses - g.uses as left from access_grant g
     where g.id = any($1) order by g.id for update`,
    [[...new Set(ids)]],
  );
  for (const { id, status, left } of rows)
    uses.set(id, { status, left: left ?? Number.POSITIVE_INFINITY, taken: 0 });
  for (const { grant } of sightings.filter(usable)) take(uses, grant?.id);
  return uses;
}

export const usable = ({ grant, permitted, secret }: Sighting): boolean =>
  grant?.status === 'active' && permitted && secret !== undefined;

function take(uses: Uses, id: GrantId | undefined): void {
  const use = id && uses.get(id);
  if (use?.status !== 'active' || use.taken >= use.left) return;
  use.taken += 1;
}

/** Only grants that are live in this very statement are counted and answered with. */
export async function countUses(sql: Sql, uses: Uses): Promise<Map<GrantId, Counted>> {
  const taken = [...uses].filter(([, use]) => use.taken > 0);
  if (taken.length === 0) return new Map();
  const rows = await sql<{ id: GrantId; ends_at: Date; remaining_ms: number }>(
    `update access_grant g set uses = g.uses + u.taken
     from unnest($1::text[], $2::int[]) as u(id, taken)
     where g.id = u.id and ${LIVE}
     returning g.id, g.ends_at, extract(epoch from g.ends_at - clock_timestamp())::float8 * 1000 as remaining_ms`,
    [taken.map(([id]) => id), taken.map(([, use]) => use.taken)],
  );
  return new Map(
    rows.map((row) => [row.id, { endsAt: row.ends_at, remainingMs: row.remaining_ms }]),
  );
}
