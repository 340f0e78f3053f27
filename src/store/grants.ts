/** Grants. Each statement computes whether a grant is active, by the database's clock. */

import type { Grant } from '../domain/grant.js';
import { coverage, coveringPatterns } from '../domain/pattern.js';
import type { PolicyId } from '../domain/policy/policy.js';
import type { PrincipalId } from '../domain/principal.js';
import { seesAccess } from '../domain/visibility.js';
import type { GrantStatus, Operation } from '../domain/vocabulary.js';
import type { GrantReads, Grants } from '../ports/index.js';
import { listed } from './page.js';
import { first, only, present, requireNone, type Sql } from './sql.js';
import { accessVisible, visibilityParameters } from './visibility.js';

/**
 * SQL that is true for a grant that is active at that time. `now()` is never later than the clock: it is there because an index can
 * serve it.
 */
export const liveAt = (g: string, clock: string) => `(${g}.ended_at is null
  and ${g}.ends_at > now() and ${g}.ends_at > ${clock} and (${g}.max_uses is null or ${g}.uses < ${g}.max_uses))`;

/** The grant's status at that time, in the domain's vocabulary. */
export const statusAt = (
  g: string,
  clock: string,
) => `case when ${g}.ended_how is not null then ${g}.ended_how
  when ${g}.ends_at <= ${clock} then 'expired' when ${g}.uses >= ${g}.max_uses then 'used_up' else 'active' end`;

/** The same for the grant `g` at the moment when the statement reads the clock. */
export const LIVE = liveAt('g', 'clock_timestamp()');
export const STATUS = statusAt('g', 'clock_timestamp()');

/** Names contain no space. As one text they cost a tenth of what the driver takes to read an array. */
const COLUMNS = `g.id, g.approval_id, g.principal_id, g.policy_id, g.operation, array_to_string(g.resources, ' ') as resources, g.digest, g.starts_at,
  g.ends_at, g.max_uses, g.uses, g.ended_at, g.ended_by, g.end_reason, ${STATUS} as status`;
const SELECT = `select ${COLUMNS} from access_grant g`;

/**
 * `held`: all matching grants, locked in the order of their ids, so that transactions cannot deadlock. `moment`: the statement reads the
 * clock after all locks, because a grant may end while the statement waits for its row.
 */
const USE = `
  with held as (
    select g.id, g.ends_at, g.ended_at, g.max_uses, g.uses from access_grant g
    where g.principal_id = $1 and g.policy_id = $2 and g.operation = $3 and g.resources && $4 and ${LIVE}
    order by g.id for update),
  moment as materialized (select clock_timestamp() as now where (select count(*) from held) > 0),
  chosen as (
    select h.id, h.uses from held h cross join moment m where ${liveAt('h', 'm.now')} order by h.ends_at desc, h.id limit 1)
  update access_grant g set uses = c.uses + 1 from chosen c where g.id = c.id returning ${COLUMNS}`;

/** True for a grant that a policy's conditions gave, without a person. */
const AUTOMATIC = `exists (select from approval a
  where a.id = g.approval_id and a.settled_by is null and a.auto_report is not null)`;

/** Compares the parts before the first `*`: two patterns may overlap whenever it is true, and never when it is false. */
const OVERLAPS = `exists (select from unnest(g.resources) r, unnest($4::text[]) n where r = n
  or n like '%*%' and starts_with(split_part(r, '*', 1), split_part(n, '*', 1))
  or r like '%*%' and starts_with(split_part(n, '*', 1), split_part(r, '*', 1)))`;

/** Parameters: principal, policy, operation, resources. */
const REPLACED = `g.principal_id = $1 and g.policy_id = $2 and g.operation = $3 and g.resources <@ $4 and ${LIVE}
  and ${AUTOMATIC}`;

interface GrantRow {
  readonly id: Grant['id'];
  readonly approval_id: Grant['approval'];
  readonly principal_id: PrincipalId;
  readonly policy_id: PolicyId;
  readonly operation: Operation;
  readonly resources: string;
  readonly digest: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly max_uses: number | null;
  readonly uses: number;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
  readonly status: GrantStatus;
}

/** The active grants of each of these principals, in the same order. */
export async function liveGrants(
  sql: Sql,
  principals: readonly PrincipalId[],
): Promise<readonly (readonly Grant[])[]> {
  const statement = `${SELECT} where g.principal_id = any($1) and ${LIVE}`;
  const grants = (await sql<GrantRow>(statement, [principals], 'hot')).map(toGrant);
  return principals.map((id) => grants.filter(({ principal }) => principal === id));
}

export function grantReads(sql: Sql): GrantReads {
  const one = async (rows: Promise<GrantRow[]>) => {
    const row = first(await rows);
    return row && toGrant(row);
  };
  return {
    find: (id) => one(sql(`${SELECT} where g.id = $1`, [id], 'hot')),
    ofApproval: (id) => one(sql(`${SELECT} where g.approval_id = $1`, [id], 'hot')),

    live: async (principal) => present((await liveGrants(sql, [principal]))[0]),

    async list({ principal, activeOnly = false, visibility }, { limit, after }) {
      const rows = await sql<GrantRow>(
        `${SELECT} where ($1::text is null or g.principal_id = $1) and (not $2 or ${LIVE})
           and ($3::text is null or (g.starts_at, g.id) < (select starts_at, id from access_grant where id = $3))
           and ${accessVisible('g', 5)}
         order by g.starts_at desc, g.id desc limit $4`,
        [
          principal ?? null,
          activeOnly,
          after ?? null,
          limit + 1,
          ...visibilityParameters(visibility),
        ],
      );
      const page = listed(rows.map(toGrant), limit, ({ id }) => id);
      return visibility
        ? { ...page, items: page.items.filter((one) => seesAccess(visibility, one)) }
        : page;
    },

    async covering(principal, policy, operation, resources) {
      const rows = await sql<GrantRow>(
        `${SELECT} where g.principal_id = $1 and g.policy_id = $2 and g.operation = $3 and ${LIVE}
         order by g.ends_at desc`,
        [principal, policy, operation],
      );
      const row = rows.find((one) => coverage(one.resources.split(' ')).coversAll(resources));
      return row && toGrant(row);
    },

    async automaticUses({ principal, owner, policy, operation, resources }, withinMs) {
      const row = only(
        await sql<{ uses: number }>(
          `select coalesce(sum(case when ${LIVE} and not (${REPLACED}) then coalesce(g.max_uses, g.uses)
             else g.uses end), 0)::float8 as uses
           from access_grant g
           where g.principal_id in (select id from principal where owner_id = $5) and g.policy_id = $2
             and g.operation = $3 and g.ends_at > now() - $6::float8 * interval '1 ms'
             and (g.ends_at > clock_timestamp() or g.starts_at > clock_timestamp() - $6::float8 * interval '1 ms')
             and ${OVERLAPS} and ${AUTOMATIC}`,
          [principal, policy, operation, resources, owner, withinMs],
        ),
      );
      return row.uses;
    },

    latest: (principal, operation, resource) =>
      one(
        sql(
          `${SELECT} where g.principal_id = $1 and g.operation = $2 and g.resources && $3
           order by ${LIVE} desc, g.ends_at desc limit 1`,
          [principal, operation, coveringPatterns(resource)],
        ),
      ),
  };
}

export function grants(sql: Sql): Grants {
  const reads = grantReads(sql);
  return {
    ...reads,

    async lockAutomatic({ owner, principal, policy, operation, resources }) {
      // Not the owner's row: its locks come before those of principals, and this transaction has locked the principal.
      await sql('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`automatic ${owner}`]);
      await sql(`select g.id from access_grant g where ${REPLACED} order by g.id for update`, [
        principal,
        policy,
        operation,
        resources,
      ]);
    },

    async replaceAutomatic({ principal, policy, operation, resources }, by) {
      const replaced = await sql<GrantRow>(
        `update access_grant g set ended_how = 'released', ended_at = clock_timestamp(), ended_by = $5,
           end_reason = 'A new grant replaces it.'
         where ${REPLACED} returning ${COLUMNS}`,
        [principal, policy, operation, resources, by],
      );
      return replaced.map(toGrant);
    },

    async insert(grant) {
      const row = only(
        await sql<GrantRow>(
          `with moment as (select clock_timestamp() as now)
           insert into access_grant as g (id, approval_id, principal_id, policy_id, operation, resources, digest,
             max_uses, starts_at, ends_at)
           select $1, $2, $3, $4, $5, $6, $7, $8, now, now + $9::float8 * interval '1 ms' from moment
           returning ${COLUMNS}`,
          [
            grant.id,
            grant.approval,
            grant.principal,
            grant.policy,
            grant.operation,
            grant.resources,
            grant.digest,
            grant.maxUses ?? null,
            grant.duration,
          ],
        ),
      );
      return toGrant(row);
    },

    async use(principal, policy, operation, resource) {
      const used = await sql<GrantRow>(USE, [
        principal,
        policy,
        operation,
        coveringPatterns(resource),
      ]);
      const row = first(used);
      return row && toGrant(row);
    },

    async end(id, how, by, reason) {
      const row = first(
        await sql<GrantRow>(
          `update access_grant g set ended_how = $2, ended_at = clock_timestamp(), ended_by = $3, end_reason = $4
           where g.id = $1 and ${LIVE} returning ${COLUMNS}`,
          [id, how, by, reason ?? null],
        ),
      );
      if (!row)
        await requireNone(sql, `select 1 from access_grant g where g.id = $1 and ${LIVE}`, [id]);
      return row && toGrant(row);
    },

    async revokeAll(principal, by, reason) {
      const revoked = await sql<GrantRow>(
        `update access_grant g set ended_how = 'revoked', ended_at = clock_timestamp(), ended_by = $2, end_reason = $3
         where ${LIVE} and g.id in (
           select id from access_grant g where principal_id = $1 and ${LIVE} order by id for update)
         returning ${COLUMNS}`,
        [principal, by, reason],
      );
      const left = `select 1 from access_grant g where g.principal_id = $1 and ${LIVE} limit 1`;
      await requireNone(sql, left, [principal]);
      return revoked.map(toGrant);
    },

    async takeFirstUses(limit) {
      // A grant that ended more than a day ago and was never used is not checked again.
      const used = await sql<GrantRow>(
        `update access_grant g set use_told_at = clock_timestamp() where g.id in (
           select id from access_grant
           where use_told_at is null and ends_at > now() - interval '1 day' and uses > 0
           order by ends_at limit $1 for update skip locked)
         returning ${COLUMNS}`,
        [limit],
      );
      return used.map(toGrant);
    },
  };
}

function toGrant(row: GrantRow): Grant {
  return {
    id: row.id,
    approval: row.approval_id,
    principal: row.principal_id,
    policy: row.policy_id,
    operation: row.operation,
    resources: row.resources.split(' '),
    digest: row.digest,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    maxUses: row.max_uses ?? undefined,
    uses: row.uses,
    endedAt: row.ended_at ?? undefined,
    endedBy: row.ended_by ?? undefined,
    endReason: row.end_reason ?? undefined,
    status: row.status,
  };
}
