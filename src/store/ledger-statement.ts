/**
 * One statement that does, for a group of reads, everything that must precede their audit events: it finds the grant, policy and sealed
 * version of each read, locks the grants, counts their uses by the clock, and locks the head of the chain.
 */

import type { GrantId } from '../domain/grant.js';
import { coveringPatterns } from '../domain/pattern.js';
import type { GrantStatus } from '../domain/vocabulary.js';
import type { ReadRequest } from '../ports/index.js';
import { type HeadRow, timestamp } from './audit-chain.js';
import { LIVE, liveAt, STATUS, statusAt } from './grants.js';
import type { Sql } from './sql.js';

/**
 * `asked`: the domain computes the patterns that cover a resource, so that the rule is in one place; grants may name patterns, so they
 * are compared by overlap. `seen`: prefers an active grant under the deciding policy, then any active grant, then the grant that ended
 * last. `held`: locks in the order of ids, so that two processes cannot deadlock. `head`: the last row that is locked. `moment`: the
 * statement reads the clock after all locks, because a grant may end while the statement waits for its row; this time decides whether a
 * use is counted, and is the time of the events.
 */
const OPEN = `
  with asked as materialized (
    select place, principal, resource, string_to_array(covering, ' ') as patterns, version, reads
    from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[])
      with ordinality as r(principal, resource, covering, version, reads, place)),
  seen as materialized (
    select a.place, a.reads, coalesce(live.id, past.id) as grant_id,
      case when live.id is null then past.status else 'active' end as grant_status,
      live.policy_id = p.id and 'read' = any(p.permissions) as permitted,
      s.id as secret_id, s.path, v.version, v.algorithm, v.master_key_id, v.wrapped_key, v.iv, v.ciphertext, v.tag
    from asked a
    left join lateral (
      select id, permissions from policy where uri = any(a.patterns) and removed_at is null
      order by array_position(a.patterns, uri) limit 1) p on true
    left join lateral (
      select g.id, g.policy_id from access_grant g
      where g.principal_id = a.principal and g.operation = 'read' and ${LIVE} and g.resources && a.patterns
      order by g.policy_id = p.id desc, g.ends_at desc limit 1) live on true
    left join lateral (
      select g.id, ${STATUS} as status from access_grant g
      where live.id is null and g.principal_id = a.principal and g.operation = 'read' and g.resources && a.patterns
      order by g.ends_at desc limit 1) past on true
    left join secret s on lower(s.path collate "C") = lower(a.resource collate "C") and s.path = a.resource
    left join secret_version v on v.secret_id = s.id and v.version = coalesce(a.version, s.version)),
  wished as (
    select grant_id as id, sum(reads)::int as reads from seen
    where grant_status = 'active' and permitted and version is not null group by grant_id),
  held as (
    select g.id, g.ended_how, g.ended_at, g.ends_at, g.max_uses, g.uses, least(w.reads, g.max_uses - g.uses) as reads
    from access_grant g join wished w on w.id = g.id order by g.id for update of g),
  head as (
    select sequence, hash from audit_head where only_one and (select count(*) from held) >= 0 for update),
  moment as materialized (
    select sequence, hash, clock_timestamp() as now from head),
  counted as (
    update access_grant g set uses = h.uses + h.reads from held h cross join moment m
    where g.id = h.id and ${liveAt('h', 'm.now')}
    returning g.id, h.reads)
  select seen.*, ${statusAt('h', 'm.now')} as held_status, c.reads as counted, h.ends_at,
    extract(epoch from h.ends_at - m.now)::float8 * 1000 as remaining_ms, m.sequence, m.hash,
    (select ${timestamp('now')} from moment) as at
  from seen cross join moment m left join held h on h.id = seen.grant_id left join counted c on c.id = seen.grant_id
  order by seen.place`;

/** What the database finds for one read of the group. */
export interface SeenRow extends HeadRow {
  readonly grant_id: GrantId | null;
  readonly grant_status: GrantStatus | null;
  /** The grant's policy still decides this resource, and still permits reading. */
  readonly permitted: boolean | null;
  readonly secret_id: string | null;
  readonly path: string;
  readonly version: number | null;
  readonly algorithm: 1;
  readonly master_key_id: string;
  readonly wrapped_key: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
  /** The grant's status at the moment that decides. */
  readonly held_status: GrantStatus | null;
  /** Reads that the grant allowed, for all reads together; null when it was not active at the moment that decides. */
  readonly counted: number | null;
  readonly ends_at: Date | null;
  /** Milliseconds until the grant ends, at the moment that decides. */
  readonly remaining_ms: number | null;
}

/** A read that several callers of the group make together, because principal, resource and version are the same. */
export interface GroupedRead {
  readonly read: ReadRequest;
  count: number;
}

/** Returns one row for each read, in the same order. */
export function openGroup(sql: Sql, reads: readonly GroupedRead[]): Promise<SeenRow[]> {
  return sql<SeenRow>(OPEN, [
    reads.map(({ read }) => read.principal),
    reads.map(({ read }) => read.resource),
    reads.map(({ read }) => coveringPatterns(read.resource).join(' ')),
    reads.map(({ read }) => read.version ?? null),
    reads.map(({ count }) => count),
  ]);
}
