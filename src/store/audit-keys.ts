/** Finds audit events by resource and actor: a table of keys beside the sequence numbers, filled by a job, so that appending costs nothing more. */

import type { DataSource } from 'typeorm';
import { only, type Sql, sqlIn } from './sql.js';

/** Text that stands in front of the last segment, so that a pattern finds it whose first segment is a star. No resource contains it. */
const LAST = '#';
/** Text that stands in front of an actor's name. */
const ACTOR = '@';
/** Characters. */
const NAME_MAX = 512;

/**
 * The key of everything that the pattern covers and, for a pattern with `*`, of some more: the name, its longest literal beginning or its
 * last segment. Undefined when it has neither. The migration lists the keys of a resource.
 */
export function keyOfPattern(pattern: string): string | undefined {
  if (!pattern.includes('*')) return pattern;
  const [scheme = '', empty = '', kind = '', ...segments] = pattern.split('/');
  const star = segments.findIndex((segment) => segment.includes('*'));
  const root = [scheme, empty, kind].join('/');
  if (star > 0) return keyBelow([root, ...segments.slice(0, star)].join('/'));
  const last = segments.at(-1);
  return last === undefined || last.includes('*') ? undefined : `${root}${LAST}${last}`;
}

/** The key of everything below a resource. */
const keyBelow = (beginning: string): string => `${beginning}/**`;

/** The key of everything that starts with `prefix`: a whole name, or one that ends with a slash. Undefined for the root of a kind. */
export function keyOfPrefix(prefix: string): string | undefined {
  if (!prefix.endsWith('/')) return prefix;
  const beginning = prefix.slice(0, -1);
  return beginning.split('/').length > ROOT_PARTS ? keyBelow(beginning) : undefined;
}

/** `vsecure:`, an empty part, and the kind. */
const ROOT_PARTS = 3;

/** Undefined for a name that is too long to have a key. */
export const keyOfActor = (name: string): string | undefined =>
  name.length <= NAME_MAX ? `${ACTOR}${name}` : undefined;

/** The most events that one transaction adds. */
const BATCH = 10_000;

/** Only resources in their valid form have keys: a search for another one is refused. */
const ADD = `
  with fresh as materialized (
    select sequence, body -> 'resources' as resources, body -> 'actor' ->> 'name' as actor from audit_event where sequence > $1 and sequence <= $2),
  named as (
    select distinct sequence, r, string_to_array(r, '/') as parts
    from fresh, jsonb_array_elements_text(resources) r
    where length(r) <= ${NAME_MAX} and r ~ '^vsecure://[a-z-]+(/[A-Za-z0-9*][A-Za-z0-9._*-]*){0,8}$'),
  keyed as materialized (
    select sequence, '${ACTOR}' || actor as key from fresh where length(actor) <= ${NAME_MAX}
    union
    select sequence, key from named, lateral (
      select r as key
      union all
      select array_to_string(parts[:place], '/') || '/**'
      from generate_series(${ROOT_PARTS + 1}, array_length(parts, 1) - 1) place
      union all
      select array_to_string(parts[:${ROOT_PARTS}], '/') || '${LAST}' || parts[array_length(parts, 1)]
      where array_length(parts, 1) > ${ROOT_PARTS}) k),
  added as (
    insert into audit_key (key) select distinct key from keyed
      where not exists (select from audit_key known where known.key = keyed.key)
    on conflict (key) do nothing returning id, key),
  seen as (
    insert into audit_seen (key, sequence)
    select coalesce(added.id, known.id), sequence
    from keyed left join added using (key) left join audit_key known using (key)
    on conflict do nothing)
  update audit_indexed set sequence = $2`;

/** Removes rows of events that were detached, and notes when there are no more. */
const REMOVE = `
  with gone as (
    delete from audit_seen where (key, sequence) in (
      select s.key, s.sequence from audit_key k join audit_seen s on s.key = k.id and s.sequence < $1 limit $2)
    returning 1)
  update audit_indexed set first = $1 where (select count(*) from gone) < $2`;

/** Brings the keys up to the end of the trail. Resolves with the number of events. It may run at any time, on several processes at once. */
export async function indexOn(dataSource: DataSource): Promise<number> {
  let all = 0;
  for (;;) {
    const indexed = await dataSource.transaction('READ COMMITTED', (manager) =>
      indexBatch(sqlIn(manager)),
    );
    all += indexed;
    if (indexed < BATCH) return all;
  }
}

/** Locks the cursor's row, so that no two processes add the same events. */
async function indexBatch(sql: Sql): Promise<number> {
  const indexed = only(
    await sql<{ sequence: string; first: string }>(
      'select sequence, first from audit_indexed for update',
    ),
  );
  const trail = only(
    await sql<{ head: string; first: string }>(
      `select coalesce((select sequence from audit_head), 0) as head,
         coalesce((select min(first) from audit_part where detached_at is null), 1) as first`,
    ),
  );
  if (Number(trail.first) > Number(indexed.first)) await sql(REMOVE, [trail.first, BATCH]);
  const low = Math.max(Number(indexed.sequence), Number(trail.first) - 1);
  const high = Math.min(Number(trail.head), low + BATCH);
  if (high > low) await sql(ADD, [low, high]);
  return high - low;
}
