/**
 * Searches of the audit trail that look at a bounded number of events in one call, from the newest to the oldest. The database applies the
 * filter; a search that ends at the bound says where the next call goes on.
 */

import { HOUR } from '../domain/limits.js';
import { patternRegex } from '../domain/pattern.js';
import { actorIds, OUTCOMES, type VisibilityScope } from '../domain/visibility.js';
import { VERDICT_EVENTS, type Verdict } from '../domain/vocabulary.js';
import type { AuditCountFilter, AuditFilter } from '../ports/index.js';
import { keyOfActor, keyOfPattern, keyOfPrefix } from './audit-keys.js';
import { only, type Sql } from './sql.js';
import { isExact } from './visibility.js';

/** Adds a value to a statement's parameters and returns its placeholder. */
export type Bind = (value: unknown) => string;
type Condition = (bind: Bind) => string;

/** A set of events that an index returns newest first, and the rule that they also meet. */
interface Branch {
  /** Undefined: all events. */
  readonly indexed?: Condition | undefined;
  readonly rule?: Condition | undefined;
  /** Instead of `indexed`: the events that have this key in `audit_seen`. */
  readonly key?: number | undefined;
}

export interface AuditSearch {
  /** An event may be in several of them. None: the search finds nothing. */
  readonly branches: readonly Branch[];
  readonly conditions: readonly Condition[];
  /** Meets one resource `r`. Undefined: every resource. */
  readonly resource: Condition | undefined;
  /** True when the conditions equal the domain's rule. Else the caller filters by the rule. */
  readonly exact: boolean;
  /** The branches contain no event after this sequence number, because the job has not come to it. Undefined: they contain all. */
  readonly upTo?: number | undefined;
}

/** The keys that this search needs, and how far the job has come. */
export interface IndexedKeys {
  readonly upTo: number;
  /** The numbers of the keys by their text. A key that no event has is missing. */
  readonly ids: ReadonlyMap<string, number>;
}

const TYPE = `body ->> 'type'`;
const PRINCIPAL = `body ->> 'principal'`;
const ACTOR = `body -> 'actor' ->> 'id'`;
/** Each resource of an event, as `r`. */
export const RESOURCES = `jsonb_array_elements_text(body -> 'resources') r`;

type Filter = AuditFilter & Partial<AuditCountFilter>;

const scopeOf = ({ visibility }: Filter): VisibilityScope | undefined =>
  visibility === undefined || visibility.everything ? undefined : visibility;

/** The most branches of one search: each is a look into an index. */
const BRANCHES_MAX = 24;

/** The keys whose events are all that the search can find. Undefined when there are none, or when another index serves it better. */
export function keysOf(filter: Filter): readonly string[] | undefined {
  const { type, verdict, resource, actor } = filter;
  const scope = scopeOf(filter);
  if (scope && !scope.person) return undefined;
  const one =
    (resource === undefined ? undefined : keyOfPattern(resource)) ??
    (actor === undefined ? undefined : keyOfActor(actor));
  if (one !== undefined) return [one];
  if (!scope || hasTypeIndex(type) || verdict) return undefined;
  const keys = scope.prefixes.map(keyOfPrefix);
  const branches = keys.length + scope.principals.length + actorIds(scope).length;
  if (branches > BRANCHES_MAX || keys.includes(undefined)) return undefined;
  return keys.filter((key) => key !== undefined);
}

/** The filter as SQL. `keys`: those of `keysOf`. */
export function auditSearch(filter: Filter, keys?: IndexedKeys): AuditSearch {
  const { visibility, since, until, type, types, actor, verdict, entryPoint, resource } = filter;
  const scope = scopeOf(filter);
  const key = scope && !scope.person ? scope.principals : undefined;
  const named = resource === undefined ? undefined : resourceMatch(resource);
  const conditions: (Condition | undefined)[] = [
    since && ((bind) => `at >= ${bind(since)}::timestamptz`),
    until && ((bind) => `at < ${bind(until)}::timestamptz`),
    type && ((bind) => `${TYPE} = ${bind(type)}`),
    types && ((bind) => `${TYPE} = any(${bind(types)}::text[])`),
    actor === undefined ? undefined : (bind) => actorMatch(actor, key, bind),
    verdict && ((bind) => verdictMatch(verdict, bind)),
    entryPoint && ((bind) => shownToKey(`body ->> 'door' = ${bind(entryPoint)}`, key, bind)),
    named && ((bind) => `exists (select from ${RESOURCES} where ${named(bind)})`),
    scope?.person && ((bind) => personSees(scope, bind)),
  ];
  return {
    branches: keys ? keyedBranches(filter, keys) : unkeyedBranches(filter, key),
    conditions: conditions.filter((one) => one !== undefined),
    resource: named,
    exact: isExact(visibility),
    upTo: keys?.upTo,
  };
}

/** `key`: the principals of the key that searches. */
function unkeyedBranches(
  { type, types, verdict }: Filter,
  key: readonly string[] | undefined,
): readonly Branch[] {
  if (key) return keyBranches(key);
  if (verdict && !type && !types) return VERDICT_EVENTS.map(typeBranch);
  return [typeBranch(type ?? (types?.length === 1 ? types[0] : undefined))];
}

/** Without a filter that has a key, a person's own events stand beside those that the person's policies decide. */
function keyedBranches(filter: Filter, { ids }: IndexedKeys): readonly Branch[] {
  const { resource, actor } = filter;
  const scope = scopeOf(filter);
  const keyed = [...ids.values()].map((key) => ({ key }));
  return scope && resource === undefined && actor === undefined
    ? [...keyed, ...personBranches(scope)]
    : keyed;
}

const personBranches = (scope: VisibilityScope): readonly Branch[] => [
  ...scope.principals.map((id) => ({ indexed: (bind: Bind) => `${PRINCIPAL} = ${bind(id)}` })),
  ...actorIds(scope).map((id) => ({ indexed: (bind: Bind) => actedElsewhere(id, bind) })),
];

/**
 * Selects `columns` of the events in the window that meet the search, in no order, and those of several branches several times. With
 * `newest`, at most so many of each branch, the newest.
 */
export function selectEvents(
  { branches, conditions }: AuditSearch,
  columns: string,
  { low, high }: Pick<Window, 'low' | 'high'>,
  bind: Bind,
  newest?: number,
): string {
  const range = `sequence >= ${bind(low)} and sequence < ${bind(high)}`;
  const order = newest === undefined ? '' : `order by sequence desc limit ${bind(newest)}`;
  const select = ({ indexed, rule, key }: Branch) => {
    const found =
      key === undefined
        ? `audit_event where ${[indexed?.(bind), range].filter(Boolean).join(' and ')}`
        : `audit_seen where key = ${bind(key)} and ${range}`;
    const rules = [rule, ...conditions].flatMap((one) => one?.(bind) ?? []);
    const where = rules.length > 0 ? `where ${rules.join(' and ')}` : '';
    // The offset keeps the two steps apart: the planner would take another index for a rule, and read the whole trail through it.
    const events =
      key === undefined
        ? `(select * from ${found} order by sequence desc offset 0) e`
        : `(select sequence from ${found} order by sequence desc offset 0) s join audit_event e using (sequence)`;
    return `(select ${columns} from ${events} ${where} ${order})`;
  };
  return branches.map(select).join(' union all ');
}

/** The parameters of one statement. */
export function newParameters(): { readonly values: readonly unknown[]; readonly bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

function resourceMatch(pattern: string): Condition {
  return pattern.includes('*')
    ? (bind) => `r ~ ${bind(patternRegex(pattern))}`
    : (bind) => `r = ${bind(pattern)}`;
}

const actorMatch = (name: string, key: readonly string[] | undefined, bind: Bind): string =>
  shownToKey(`body -> 'actor' ->> 'name' = ${bind(name)}`, key, bind);

/** A key must not learn by a filter who decided its requests, or where: it finds its own acts and those of jobs. */
function shownToKey(rule: string, key: readonly string[] | undefined, bind: Bind): string {
  if (!key) return rule;
  return `${rule} and (${ACTOR} = any(${bind(key)}::text[]) or body -> 'actor' ->> 'kind' = 'system')`;
}

/** A decision holds its outcome, a vote its verdict. */
const VERDICT_TEXTS = { approve: ['approve', 'approved'], deny: ['deny', 'denied'] } as const;

const verdictMatch = (verdict: Verdict, bind: Bind): string =>
  `${TYPE} = any(${bind(VERDICT_EVENTS)}::text[])
   and coalesce(body -> 'details' ->> 'outcome', body -> 'details' ->> 'verdict') = any(${bind(VERDICT_TEXTS[verdict])}::text[])`;

function personSees(scope: VisibilityScope, bind: Bind): string {
  return `(${PRINCIPAL} = any(${bind(scope.principals)}::text[])
    or (${ACTOR} = any(${bind(actorIds(scope))}::text[]) and body ->> 'refusal' is null)
    or exists (select from jsonb_array_elements_text(body -> 'resources') r, unnest(${bind(scope.prefixes)}::text[]) p
               where starts_with(r, p)))`;
}

const actedElsewhere = (id: string, bind: Bind): string =>
  `${ACTOR} = ${bind(id)} and (${ACTOR}) is distinct from (${PRINCIPAL})`;

/** For each principal, what concerns it and what it did elsewhere; an index serves each. */
const keyBranches = (principals: readonly string[]): readonly Branch[] =>
  principals.flatMap((id) => [
    {
      indexed: (bind) => `${PRINCIPAL} = ${bind(id)}`,
      rule: (bind) => `(${ACTOR} = ${bind(id)} or ${TYPE} = any(${bind(OUTCOMES)}::text[]))`,
    },
    {
      indexed: (bind) => actedElsewhere(id, bind),
      rule: () => `body ->> 'refusal' is null`,
    },
  ]);

/** Most events are reads, and the index on the type leaves them out. */
const hasTypeIndex = (type: string | undefined): boolean =>
  type !== undefined && type !== 'secret_read';

const typeBranch = (type: string | undefined): Branch =>
  hasTypeIndex(type)
    ? { indexed: (bind) => `${TYPE} = ${bind(type)} and ${TYPE} <> 'secret_read'` }
    : {};

/** Sequence numbers from `low` to before `high`. Older events of the search exist only when `more` is true. */
export interface Window {
  readonly low: number;
  readonly high: number;
  readonly more: boolean;
}

/** How far the database's clock may have been set back between two events of a period that is searched by sequence number. */
const CLOCK_SET_BACK = HOUR;

/** The newest part of the search, from `above` to before the sequence number `before`, with at most `bound` events of each branch. */
export async function windowOf(
  sql: Sql,
  search: Pick<AuditSearch, 'branches'>,
  { since, until }: Pick<AuditFilter, 'since' | 'until'>,
  { before, above = 0, bound }: { before?: number | undefined; above?: number; bound: number },
): Promise<Window> {
  const { start, end } = only(
    await sql<{ start: string; end: string }>(
      `select coalesce((select min(first) from audit_part where detached_at is null), 1) as start,
         coalesce((select sequence from audit_head), 0) + 1 as end`,
    ),
  );
  const all = { start: Math.max(Number(start), above), end: Number(end) };
  const from = since && (await firstAt(sql, new Date(since.getTime() - CLOCK_SET_BACK), all));
  const to = until && (await firstAt(sql, new Date(until.getTime() + CLOCK_SET_BACK), all));
  const lowest = from ?? all.start;
  const high = Math.min(before ?? all.end, to ?? all.end);
  const low = await lowOf(sql, search, { lowest, high, bound });
  return { low, high, more: low > lowest };
}

/** The highest of the sequence numbers at which a branch has `bound` events before `high`. */
async function lowOf(
  sql: Sql,
  { branches }: Pick<AuditSearch, 'branches'>,
  { lowest, high, bound }: { lowest: number; high: number; bound: number },
): Promise<number> {
  // The trail has no gaps.
  if (branches.some(({ indexed, key }) => !indexed && key === undefined))
    return Math.max(lowest, high - bound);
  if (branches.length === 0) return lowest;
  const { values, bind } = newParameters();
  const last = `sequence >= ${bind(lowest)} and sequence < ${bind(high)} order by sequence desc offset ${bind(bound - 1)} limit 1`;
  const ends = branches.map(({ indexed, key }) =>
    key === undefined
      ? `(select sequence from audit_event where ${indexed?.(bind)} and ${last})`
      : `(select sequence from audit_seen where key = ${bind(key)} and ${last})`,
  );
  const row = only(
    await sql<{ low: string | null }>(
      `select max(sequence) as low from (${ends.join(' union all ')}) ends`,
      values,
    ),
  );
  return row.low === null ? lowest : Number(row.low);
}

/** The first sequence number at this moment or later, by halving; the end when there is none. */
async function firstAt(
  sql: Sql,
  moment: Date,
  { start, end }: { start: number; end: number },
): Promise<number> {
  const row = only(
    await sql<{ low: string }>(
      `with recursive half(low, high) as (
         select $1::bigint, $2::bigint
         union all
         select case when later then low else mid + 1 end, case when later then mid else high end
         from (select low, high, (low + high) / 2 as mid from half where low < high) h,
           lateral (select coalesce((select at >= $3 from audit_event where sequence = h.mid), false) as later) e)
       select low from half where low >= high limit 1`,
      [start, end, moment],
    ),
  );
  return Number(row.low);
}
