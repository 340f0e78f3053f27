/** Any script of several actors comes out as a small model says: thousands without a database, hundreds on a real one. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digest } from '../../src/crypto/digest.js';
import { makeId } from '../../src/crypto/ids.js';
import { MINUTE } from '../../src/domain/limits.js';
import type { Person } from '../../src/domain/person.js';
import type { Principal } from '../../src/domain/principal.js';
import { type Caller, CLASS_SCOPES } from '../../src/domain/rights.js';
import type { KeyClass } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import { createUseCases, type Parts } from '../../src/usecases/index.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, REASON, type Services, unwrap } from '../support/services.js';
import {
  type Agents,
  at,
  outcome,
  type Played,
  rules,
  scripts,
  toDecision,
} from './model/commands.js';
import { type Memory, memoryStore, runOut, shownStatus } from './model/memory-store.js';
import { createModel, type Rules, WHO, type Who } from './model/model.js';

const email = (who: string) => `${who}@example.com`;

const changes = ({ approvers, ...rest }: Rules) => ({ ...rest, approvers: approvers.map(email) });

type Verbs = Pick<
  Services['useCases'],
  'requestAccess' | 'decide' | 'cancelRequest' | 'configureResource' | 'expireApprovals'
>;
interface Cast {
  readonly verbs: Verbs;
  readonly admin: Caller;
  readonly agents: Agents;
  person(who: Who): Person;
}

/** The use cases on one folder of secrets, with all people and keys. */
function play(
  { verbs, admin, agents, person }: Cast,
  folder: string,
): Omit<Played, 'late' | 'stands'> {
  return {
    ids: [],
    async ask(agent, paths) {
      const ask = {
        resources: paths.map(at(folder)),
        operation: 'read',
        reason: REASON,
        renew: true,
      } as const;
      return unwrap(await verbs.requestAccess(agents[agent], ask)).approval.id;
    },
    vote: async (who, id, choice) =>
      outcome(
        await verbs.decide(
          { person: person(who), entryPoint: 'cli', through: 'a test' },
          toDecision(folder, id, choice),
        ),
      ),
    cancel: async (agent, id) => outcome(await verbs.cancelRequest(agents[agent], id)),
    policy: async (next) =>
      unwrap(await verbs.configureResource(admin, at(folder)('**'), changes(next), 'merge')),
    sweep: verbs.expireApprovals,
  };
}

const unprefixed = (folder: string, resources: readonly string[]) =>
  resources.map((uri) => uri.slice(at(folder)('').length));

// ---------------------------------------------------------------- without a database

const PEOPLE = [...WHO, 'admin'].map(
  (name): Person => ({
    id: `prsn_${name}`,
    email: email(name),
    role: name === 'admin' ? 'admin' : 'member',
    active: true,
    slack: [],
  }),
);

function personNamed(name: string): Person {
  const person = PEOPLE.find(({ id }) => id === `prsn_${name}`);
  if (!person) throw new Error(`no person has the name ${name}`);
  return person;
}

function callerOf(owner: Person, keyClass: KeyClass): Caller {
  const principal: Principal = {
    id: `prin_${owner.id}`,
    name: owner.id,
    class: keyClass,
    owner: owner.id,
  };
  const scopes = CLASS_SCOPES[keyClass];
  const createdAt = new Date(0);
  const key = {
    id: 'k',
    principal: principal.id,
    class: keyClass,
    scopes,
    hint: 'hint',
    createdAt,
  };
  return { principal, key, owner, scopes: new Set(scopes) };
}

const AGENTS: Agents = {
  bob: callerOf(personNamed('bob'), 'agent'),
  carol: callerOf(personNamed('carol'), 'agent'),
};

async function inMemory(first: Rules): Promise<Played> {
  const principals = Object.values(AGENTS).map(({ principal }) => principal);
  const administrator = callerOf(personNamed('admin'), 'human');
  const memory: Memory = {
    people: PEOPLE,
    principals,
    administrator,
    policies: new Map(),
    approvals: new Map(),
    grants: new Map(),
    votes: [],
  };
  const parts = {
    store: memoryStore(memory),
    makeId,
    digest,
    defaultApprovers: [],
    limits: { maxPending: 1, maxPerHour: 1, deniedCooldown: 0 },
    directory: () => undefined,
    linkByEmail: false,
  };
  // Reading and writing secrets play no part in these scripts.
  const verbs = createUseCases(parts as unknown as Parts);
  const played = play({ verbs, admin: administrator, agents: AGENTS, person: personNamed }, 'x');
  await played.policy(first);
  return {
    ...played,
    late: async (id) => runOut(memory, id),
    async stands(id) {
      const grant = memory.grants.get(id);
      return {
        status: shownStatus(memory, id),
        granted: grant && {
          paths: unprefixed('x', grant.resources),
          minutes: grant.duration / MINUTE,
        },
      };
    },
  };
}

test('five thousand random command sequences match the model', { timeout: 120_000 }, async () => {
  const statuses = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(rules, scripts(40), async (first, script) => {
      const model = createModel(first);
      const played = await inMemory(first);
      await fc.asyncModelRun(() => ({ model, real: played }), script);
      for (const { status } of model.requests)
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
    { numRuns: 5_000 },
  );
  for (const status of ['pending', 'approved', 'denied', 'cancelled', 'expired'])
    expect(statuses.get(status), status).toBeGreaterThan(1_000);
});

// ---------------------------------------------------------------- on Postgres

let services: Services;
let cast: Cast;
beforeAll(async () => {
  services = await buildServices();
  const people = new Map<Who, Person>();
  for (const who of WHO) people.set(who, await services.person(email(who)));
  const agents = {
    bob: (await services.agent('agent-of-bob', email('bob'))).caller,
    carol: (await services.agent('agent-of-carol', email('carol'))).caller,
  };
  cast = {
    verbs: services.useCases,
    admin: services.admin,
    agents,
    person: (who) => people.get(who) ?? personNamed(who),
  };
});
afterAll(() => services.close());

let folders = 0;
async function onPostgres(first: Rules): Promise<Played> {
  folders += 1;
  const folder = `f${folders}`;
  const played = play(cast, folder);
  await played.policy(first);
  return {
    ...played,
    late: (id) =>
      sqlOn(services.database.dataSource)(
        `update approval set created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'
         where id = $1 and status = 'pending'`,
        [id],
      ),
    async stands(id) {
      const approval = await services.store.approvals.find(id);
      const grant = await services.store.grants.ofApproval(id);
      return {
        status: approval?.status ?? 'missing',
        granted: grant && {
          paths: unprefixed(folder, grant.resources),
          minutes: (grant.endsAt.getTime() - grant.startsAt.getTime()) / MINUTE,
        },
      };
    },
  };
}

test('two hundred random command sequences on Postgres match the model', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(rules, scripts(12), async (first, script) => {
      const played = await onPostgres(first);
      await fc.asyncModelRun(() => ({ model: createModel(first), real: played }), script);
    }),
    { numRuns: 200 },
  );
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});
