/** Searches of the audit trail return what a definition of its own says, for every viewer, and each call looks at a bounded part. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor, AuditEvent, RecordedEvent } from '../../src/domain/audit-event.js';
import type { PrincipalId } from '../../src/domain/principal.js';
import type { Caller } from '../../src/domain/rights.js';
import type { VisibilityScope } from '../../src/domain/visibility.js';
import { AUDIT_GROUPINGS, type EventType, type Verdict } from '../../src/domain/vocabulary.js';
import type { AuditCount, AuditFilter, Listed, Page } from '../../src/ports/index.js';
import { indexOn } from '../../src/store/audit-keys.js';
import { sqlOn } from '../../src/store/sql.js';
import { visibilityOf } from '../../src/usecases/authorization/viewer.js';
import { buildServices, type Services } from '../support/services.js';

/** More than one call looks at (5,000), so that every search has several parts. */
const SIZE = 11_000;

/** A small generator of pseudo-random numbers below `limit`, the same in every run. */
function randomNumbers(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
const random = randomNumbers(20_261_130);
const oneOf = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];

const PATHS = ['a', 'a/K', 'a/b/K', 'a/b/c', 'ab/K', 'z/K', 'z/y/x/w', 'q/K'] as const;
const uri = (path: string) => `vsecure://secrets/${path}`;
const TYPES: readonly [EventType, ...EventType[]] = [
  'secret_read',
  'secret_read',
  'approval_requested',
  'access_refused',
  'vote_cast',
  'approval_decided',
  'access_granted',
  'access_revoked',
  'policy_changed',
  'key_suspended',
  'secret_written',
];

let services: Services;
let agent: Caller;
let other: Caller;
let alice: Caller;
let trail: readonly RecordedEvent[];
/** Policies by pattern, and whether they name alice. */
const POLICIES = { 'a/**': true, 'a/b/*': false, 'z/**': true, 'z/K': true, 'ab/*': false };

beforeAll(async () => {
  services = await buildServices();
  for (const [path, named] of Object.entries(POLICIES))
    await services.policy(
      { approvers: [named ? 'alice@example.com' : 'carol@example.com'] },
      uri(path),
    );
  agent = (await services.agent('agent')).caller;
  other = (await services.agent('other')).caller;
  alice = (await services.human('alice@example.com')).caller;
  for (let written = 0; written < SIZE; written += 1000)
    await services.store.transaction(async (tx) => {
      for (let one = 0; one < 1000; one += 1) tx.record(randomEvent());
    });
  trail = (await allEvents()).toReversed();
});
afterAll(() => services.close());

function randomEvent(): AuditEvent {
  const keyActor = ({ principal: { id, name } }: Caller): Actor => ({ kind: 'key', id, name });
  const actors: readonly [Actor, ...Actor[]] = [
    keyActor(agent),
    keyActor(other),
    keyActor(alice),
    { kind: 'person', id: alice.owner.id, name: alice.owner.email },
    { kind: 'person', id: 'pers_dora', name: 'dora@example.com' },
    { kind: 'system', id: 'expire', name: 'expire' },
  ];
  const ids: readonly [PrincipalId | undefined, ...(PrincipalId | undefined)[]] = [
    agent.principal.id,
    other.principal.id,
    other.principal.id,
    alice.principal.id,
    undefined,
  ];
  const count = random(4);
  return {
    type: oneOf(TYPES),
    actor: oneOf(actors),
    principal: oneOf(ids),
    resources: count === 0 ? undefined : Array.from({ length: count }, () => uri(oneOf(PATHS))),
    refusal: random(4) === 0 ? 'not_permitted' : undefined,
    entryPoint: oneOf(['slack', 'cli', undefined]),
    details: oneOf([
      { outcome: 'approved' },
      { outcome: 'denied' },
      { verdict: 'approve' },
      { verdict: 'deny' },
      undefined,
    ]),
  };
}

/** The trail in the order of the chain, as it was hashed: not through the search. */
async function allEvents(): Promise<readonly RecordedEvent[]> {
  const { links } = await services.store.audit.trail(0, 100_000);
  return links.map(({ canonical, hash }) => ({ ...JSON.parse(canonical), hash }));
}

const parts = (path: string) => path.split('/').slice(2);
function matches([p, ...pattern]: readonly string[], [r, ...rest]: readonly string[]): boolean {
  if (p === undefined || r === undefined) return p === r;
  if (p === '**') return true;
  return (p === '*' || p === r) && matches(pattern, rest);
}
const isCovered = (pattern: string, resource: string) => matches(parts(pattern), parts(resource));

/** The literal text before the first star is longest in the most specific of these policies. */
function policyOf(resource: string): string | undefined {
  const covering = Object.keys(POLICIES).filter((path) => isCovered(uri(path), resource));
  return covering.sort((a, b) => b.replace(/\*+$/, '').length - a.replace(/\*+$/, '').length)[0];
}

type Sees = (event: RecordedEvent) => boolean;
const aliceDecides = (resources: readonly string[]) => {
  const policies = new Set(resources.map(policyOf));
  const [policy] = policies;
  return (
    policies.size === 1 && Object.entries(POLICIES).some(([p, named]) => p === policy && named)
  );
};
const VIEWERS: Record<string, { caller: () => Caller; sees: Sees }> = {
  admin: { caller: () => services.admin, sees: () => true },
  approver: {
    caller: () => alice,
    sees: ({ principal, actor, refusal, resources = [] }) =>
      principal === alice.principal.id ||
      (!refusal && [alice.owner.id, alice.principal.id].some((id) => id === actor.id)) ||
      (resources.length > 0 && aliceDecides(resources)),
  },
  agent: {
    caller: () => agent,
    sees: ({ type, principal, actor, refusal }) => {
      const outcome = /^(approval_(decided|expired|cancelled)|access_(granted|revoked|released))$/;
      if (actor.id === agent.principal.id) return principal === agent.principal.id || !refusal;
      return principal === agent.principal.id && outcome.test(type);
    },
  },
};

type Filter = Omit<AuditFilter, 'visibility'>;
const FILTERS: readonly Filter[] = [
  {},
  { type: 'secret_read' },
  { type: 'policy_changed' },
  { resource: uri('a/b/K') },
  { resource: uri('a/**') },
  { resource: uri('*/K') },
  { resource: uri('z/*/x/**'), type: 'approval_decided' },
  { resource: uri('none/**') },
  { actor: 'other' },
  { actor: 'dora@example.com' },
  { actor: 'nobody-of-this-name', type: 'secret_read' },
  { resource: uri('a/b/K'), actor: 'agent' },
  { resource: uri('z/y/*/w') },
  { verdict: 'deny' },
  { verdict: 'approve', type: 'vote_cast' },
  { verdict: 'approve', resource: uri('a/**'), entryPoint: 'slack' },
  { entryPoint: 'cli' },
  { entryPoint: 'slack', actor: 'dora@example.com' },
];
const VERDICT_TYPES = ['vote_cast', 'approval_decided', 'decision_refused'];
const verdictOf = ({ type, details }: RecordedEvent): Verdict | undefined => {
  const text = details?.['outcome'] ?? details?.['verdict'];
  if (!VERDICT_TYPES.includes(type) || text === undefined) return undefined;
  return text === 'approved' || text === 'approve' ? 'approve' : 'deny';
};
const wanted = (
  { type, resource, actor, verdict, entryPoint }: Filter,
  event: RecordedEvent & { readonly door?: string },
) =>
  (type === undefined || event.type === type) &&
  (actor === undefined || event.actor.name === actor) &&
  (verdict === undefined || verdictOf(event) === verdict) &&
  (entryPoint === undefined || event.door === entryPoint) &&
  (resource === undefined || (event.resources ?? []).some((one) => isCovered(resource, one)));

/** Lets the job do its work as if the trail ended here, and puts the end back. */
async function keysUpTo(sequence: number): Promise<void> {
  const { dataSource } = services.database;
  const sql = sqlOn(dataSource);
  const [head] = await sql<{ sequence: string }>('select sequence from audit_head');
  const end = Number(head?.sequence);
  await sql('update audit_head set sequence = $1', [Math.min(end, sequence)]);
  await indexOn(dataSource);
  await sql('update audit_head set sequence = $1', [end]);
}

/** All pages to the end. */
async function pages<T>(list: (page: Page) => Promise<Listed<T>>, limit: number): Promise<T[][]> {
  const found: T[][] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await list({ limit, after });
    found.push([...items]);
    if (next === undefined) return found;
    after = next;
  }
}

const scopeOf = (name: string): Promise<VisibilityScope> =>
  visibilityOf({ store: services.store, defaultApprovers: [] }, (VIEWERS[name] ?? bug()).caller());
const bug = (): never => {
  throw new Error('no such viewer');
};

function sumsOf(counted: readonly AuditCount[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { name, count } of counted) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums;
}

/** A key reads the acts of others without their names. */
function groupOf(
  groupBy: Exclude<(typeof AUDIT_GROUPINGS)[number], 'resource'>,
  { actor, type, at, details, refusal }: RecordedEvent,
  asKey: boolean,
): string {
  const isHidden = asKey && actor.kind !== 'system' && actor.id !== agent.principal.id;
  const hour = new Date(at);
  hour.setUTCMinutes(0, 0, 0);
  return {
    actor: isHidden ? (actor.kind === 'key' ? 'another key' : 'a person') : actor.name,
    action: type,
    hour: hour.toISOString().replace('.000', ''),
    outcome: String(details?.['outcome'] ?? refusal ?? 'done'),
  }[groupBy];
}

/** How far the job has come: the first searches find nothing by keys, the last find all but nothing without. */
const INDEXED = ['no', 'some', 'all'] as const;
const STATES = INDEXED.flatMap((indexed) =>
  Object.keys(VIEWERS).map((name) => ({ name, indexed })),
);

describe.each(STATES)(
  'the audit trail as the $name sees it, with keys for $indexed events',
  ({ name, indexed }) => {
    beforeAll(() => indexed === 'no' || keysUpTo(indexed === 'some' ? 4321 : SIZE * 2));

    const { sees } = VIEWERS[name] ?? bug();
    /** A key finds others' acts by no name and by no entry point. */
    const found = (filter: Filter, event: RecordedEvent) =>
      sees(event) &&
      wanted(filter, event) &&
      !(
        name === 'agent' &&
        (filter.actor !== undefined || filter.entryPoint !== undefined) &&
        event.actor.kind !== 'system' &&
        event.actor.name !== 'agent'
      );

    test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))(
      'lists every event of %s once, newest first',
      async (_, filter) => {
        const visibility = await scopeOf(name);
        const listed = await pages(
          (page) => services.store.audit.list({ ...filter, visibility }, page),
          200,
        );
        const expected = trail.filter((event) => found(filter, event));
        expect(listed.flat().map(({ sequence }) => sequence)).toEqual(
          expected.map(({ sequence }) => sequence),
        );
        // 200 items, or the end of a part: never a page for each item that is left out.
        expect(listed.length).toBeLessThanOrEqual(
          Math.ceil(expected.length / 200) + SIZE / 1000 + 2,
        );
      },
    );

    test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))(
      'counts every resource of %s exactly when the parts are added',
      async (_, { type, ...filter }) => {
        const visibility = await scopeOf(name);
        const types = type
          ? [type]
          : (['secret_read', 'access_granted', 'policy_changed'] as const);
        const counted = await pages<AuditCount>(
          (page) =>
            services.store.audit.count({ ...filter, types, groupBy: 'resource', visibility }, page),
          3,
        );
        const sums = sumsOf(counted.flat());
        const expected = new Map<string, number>();
        for (const event of trail.filter((one) => found(filter, one)))
          if (types.some((one) => one === event.type))
            for (const one of event.resources ?? [])
              if (filter.resource === undefined || isCovered(filter.resource, one))
                expected.set(one, (expected.get(one) ?? 0) + 1);
        expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(expected));
      },
    );

    test.each(AUDIT_GROUPINGS.filter((groupBy) => groupBy !== 'resource'))(
      'counts by %s exactly the events that it lists',
      async (groupBy) => {
        const visibility = await scopeOf(name);
        for (const filter of [{}, { verdict: 'deny' }, { resource: uri('a/**') }] as const) {
          const counted = await pages<AuditCount>(
            (page) => services.store.audit.count({ ...filter, groupBy, visibility }, page),
            3,
          );
          const expected = new Map<string, number>();
          for (const event of trail.filter((one) => found(filter, one))) {
            const group = groupOf(groupBy, event, name === 'agent');
            expected.set(group, (expected.get(group) ?? 0) + 1);
          }
          const sums = Object.fromEntries(sumsOf(counted.flat()));
          expect(sums).toEqual(Object.fromEntries(expected));
        }
      },
    );
  },
);

test('a period is searched from its end, and an empty part says where the search goes on', async () => {
  await sleep(5);
  const middle = trail[Math.floor(trail.length / 2)];
  const at = new Date(middle?.at ?? 0);
  for (const period of [{ since: at }, { until: at }]) {
    const listed = await pages((page) => services.store.audit.list(period, page), 200);
    const expected = trail.filter((event) =>
      'since' in period ? new Date(event.at) >= at : new Date(event.at) < at,
    );
    expect(listed.flat().map(({ sequence }) => sequence)).toEqual(
      expected.map(({ sequence }) => sequence),
    );
  }
  const none = await services.store.audit.list({ resource: uri('*/none/*') }, { limit: 10 });
  expect(none).toEqual({ items: [], next: String((trail[0]?.sequence ?? 0) + 1 - 5000) });
});
