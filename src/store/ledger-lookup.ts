/** What the database says of each read of a group: the best grant, the policy that decides now, the sealed version. One statement for all. */

import type { GrantId } from '../domain/grant.js';
import { coveringPatterns } from '../domain/pattern.js';
import type { ReadRequest, SealedValue } from '../domain/ports.js';
import type { GrantStatus } from '../domain/vocabulary.js';
import { LIVE, STATUS } from './grants.js';
import type { Sql } from './sql.js';

export interface Sighting {
  readonly read: ReadRequest;
  readonly grant?: { readonly id: GrantId; readonly status: GrantStatus } | undefined;
  /** The grant's own policy still decides this resource, and still permits reading. */
  readonly permitted: boolean;
  readonly secret?: StoredSecret | undefined;
}

export interface StoredSecret {
  readonly id: string;
  readonly path: string;
  readonly version: number;
  readonly sealed: SealedValue;
}

interface LookupRow {
  readonly grant_id: GrantId | null;
  readonly grant_status: GrantStatus | null;
  readonly same_policy: boolean | null;
  readonly permits: boolean | null;
  readonly secret_id: string | null;
  readonly path: string;
  readonly version: number;
  readonly algorithm: 1;
  readonly master_key_id: string;
  readonly wrapped_key: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * The patterns that cover a resource are reckoned in the domain and looked up here, so the rule stands in one place. Grants name
 * patterns too, hence the overlap. A live grant under the deciding policy is preferred, then the one that ended last.
 */
const LOOKUP = `
  select g.id as grant_id, g.status as grant_status, g.policy_id = p.id as same_policy, 'read' = any(p.permissions) as permits,
    v.secret_id, s.path, v.version, v.algorithm, v.master_key_id, v.wrapped_key, v.iv, v.ciphertext, v.tag
  from unnest($1::text[], $2::text[], $3::text[], $4::int[]) with ordinality as r(principal, resource, covering, version, place)
  cross join lateral (select string_to_array(r.covering, ' ') as patterns) c
  left join lateral (
    select id, permissions from policy where uri = any(c.patterns) and removed_at is null
    order by array_position(c.patterns, uri) limit 1) p on true
  left join lateral (
    select g.id, g.policy_id, ${STATUS} as status from access_grant g
    where g.principal_id = r.principal and g.operation = 'read' and g.resources && c.patterns
    order by ${LIVE} desc, g.policy_id = p.id desc, g.ends_at desc limit 1) g on true
  left join secret s on lower(s.path) = lower(r.resource) and s.path = r.resource
  left join secret_version v on v.secret_id = s.id and v.version = coalesce(r.version, s.version)
  order by r.place`;

export async function lookUp(sql: Sql, reads: readonly ReadRequest[]): Promise<Sighting[]> {
  const rows = await sql<LookupRow>(LOOKUP, [
    reads.map(({ principal }) => principal),
    reads.map(({ resource }) => resource),
    reads.map(({ resource }) => coveringPatterns(resource).join(' ')),
    reads.map(({ version }) => version ?? null),
  ]);
  return rows.flatMap((row, place) => {
    const read = reads[place];
    return read ? [toSighting(read, row)] : [];
  });
}

function toSighting(read: ReadRequest, row: LookupRow): Sighting {
  const { grant_id: id, grant_status: status } = row;
  return {
    read,
    grant: id && status ? { id, status } : undefined,
    permitted: row.same_policy === true && row.permits === true,
    secret: toSecret(row),
  };
}

function toSecret(row: LookupRow): StoredSecret | undefined {
  if (row.secret_id === null) return undefined;
  return {
    id: row.secret_id,
    path: row.path,
    version: row.version,
    sealed: {
      algorithm: row.algorithm,
      masterKeyId: row.master_key_id,
      wrappedKey: row.wrapped_key,
      iv: row.iv,
      ciphertext: row.ciphertext,
      tag: row.tag,
    },
  };
}
