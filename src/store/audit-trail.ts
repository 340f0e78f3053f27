/** Reads a part of the audit trail with all its columns in one statement, so that links, head and partitions are of one moment. */

import type { TrailPart } from '../ports/index.js';
import { timestamp } from './audit-chain.js';
import { only, type Sql } from './sql.js';

interface TrailRow extends Omit<TrailPart, 'head'> {
  readonly heads: readonly NonNullable<TrailPart['head']>[];
}

// A damaged row must lead to a verdict and not to an error: hence coalesce(), and an array of heads.
const TRAIL = `
  select
    coalesce((select json_agg(json_build_object('sequence', sequence, 'hash', coalesce(encode(hash, 'hex'), '')))
      from audit_head where only_one), '[]') as heads,
    coalesce((select json_agg(json_build_object('name', name, 'first', first, 'last', last, 'hash', encode(hash, 'hex'),
      'openedAt', ${timestamp('opened_at')}, 'closedAt', ${timestamp('closed_at')}, 'detachedAt', ${timestamp('detached_at')}, 'proof', encode(proof, 'hex'))
      order by first) from audit_part), '[]') as partitions,
    coalesce((select json_agg(json_build_object('sequence', sequence, 'at', coalesce(${timestamp('at')}, ''),
      'canonical', coalesce(canonical, ''), 'body', coalesce(body::text, ''), 'hash', coalesce(encode(hash, 'hex'), '')) order by sequence)
      from (select * from audit_event where sequence > $1 order by sequence limit $2) link), '[]') as links`;

/** The links after this sequence number, in order, at most `limit`. */
export async function readTrail(sql: Sql, after: number, limit: number): Promise<TrailPart> {
  const { heads, partitions, links } = only(await sql<TrailRow>(TRAIL, [after, limit]));
  return { head: heads.length === 1 ? heads[0] : undefined, partitions, links };
}
