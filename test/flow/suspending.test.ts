/** "Not me": once a key is suspended nothing is done with it, whatever was on its way, until an administrator resumes it. */

import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import type { Store, Tx } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { createAuthenticate } from '../../src/usecases/authorization/authenticate.js';
import type { Parts } from '../../src/usecases/index.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  buildServices,
  DATABASE_URL,
  REASON,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { until } from '../support/until.js';

let services: Services;
let count = 0;
beforeAll(async () => {
  services = await newServices();
});
afterAll(() => services.close());
afterEach(async () => expect(await brokenInvariants(services.database.dataSource)).toEqual([]));

async function newServices(change?: (parts: Parts) => Parts): Promise<Services> {
  const built = await buildServices(change ? { change } : {});
  await built.policy();
  await built.policy({ requiresApproval: false }, 'vsecure://secrets/development/*');
  await built.secret();
  return built;
}

/** A key of bob's, with a live grant and a pending request. */
async function atWork(where: Services = services) {
  count += 1;
  const { token, caller } = await where.agent(`agent-${count}`);
  const approved = await where.ask(caller);
  const alice = await where.decider('alice@example.com');
  const decision = { approval: approved.id, verdict: 'approve' } as const;
  unwrap(await where.useCases.decide(alice, decision));
  const pending = await where.ask(caller, { resources: ['vsecure://secrets/production/OTHER'] });
  const bob = { person: await where.person('bob@example.com'), through: 'slack T1/U0BOB' };
  const suspend = (by = bob, reason?: string) =>
    where.useCases.suspendPrincipal(by, caller.principal.id, reason);
  return { token, caller, approved, pending, bob, suspend };
}

const read = (caller: Caller) => services.useCases.readSecret(caller, { resource: DATABASE_URL });
const eventsOf = async (caller: Caller) =>
  (await services.store.audit.list({}, { limit: 200 })).items.filter(
    ({ principal }) => principal === caller.principal.id,
  );
const toldOf = async (kind: string, caller: Caller) => {
  const rows = await sqlOn(services.database.dataSource)<{ email: string }>(
    `select o.email from notice n join person o on o.id = n.person_id
     where n.kind = $1 and n.principal_id = $2 order by o.email`,
    [kind, caller.principal.id],
  );
  return rows.map(({ email }) => email);
};

describe('a suspended key', () => {
  test('suspending a key revokes its grants, cancels its requests, and refuses the key as suspended', async () => {
    const { token, caller, approved, pending, suspend } = await atWork();
    unwrap(await read(caller));
    const suspended = unwrap(await suspend());
    expect(suspended).toMatchObject({ already: false, grants: 1, requests: 1 });
    expect(refusalOf(await services.useCases.authenticate(token))).toBe('key_suspended');
    expect(refusalOf(await read(caller))).toBe('grant_ended');
    expect((await services.store.grants.ofApproval(approved.id))?.status).toBe('revoked');
    expect(await services.store.approvals.find(pending.id)).toMatchObject({
      status: 'cancelled',
      settledBy: { email: 'bob@example.com' },
    });
  });

  test('a suspension is recorded with everything that it ended, and administrators and the owner get a message', async () => {
    const { caller, suspend } = await atWork();
    unwrap(await suspend(undefined, 'I was asleep'));
    const [last, ...before] = await eventsOf(caller);
    expect(last).toMatchObject({
      type: 'key_suspended',
      actor: { kind: 'person', name: 'bob@example.com' },
      reason: 'I was asleep',
      details: { grants: 1, requests: 1, through: 'slack T1/U0BOB' },
    });
    expect(before.slice(0, 2).map(({ type }) => type)).toEqual([
      'access_revoked',
      'approval_cancelled',
    ]);
    expect(await toldOf('suspended', caller)).toEqual(['admin@example.com', 'bob@example.com']);
  });

  test('a client that waits for a request of a suspended key gets the status cancelled', async () => {
    const { caller, pending, suspend } = await atWork();
    const waiting = services.useCases.waitForDecision(caller, pending.id, { ms: 20_000 });
    unwrap(await suspend());
    expect(unwrap(await waiting).approval.status).toBe('cancelled');
  });

  test('a second suspension of the same key changes nothing and sends no message', async () => {
    const { caller, suspend } = await atWork();
    const both = await Promise.all([suspend(), suspend()]);
    expect(both.map((one) => unwrap(one).already).sort()).toEqual([false, true]);
    const types = (await eventsOf(caller)).map(({ type }) => type);
    expect(types.filter((type) => type === 'key_suspended')).toHaveLength(1);
    expect(await toldOf('suspended', caller)).toHaveLength(2);
  });

  test('suspending one key does not affect the owner’s other principals', async () => {
    const { suspend } = await atWork();
    const other = await atWork();
    unwrap(await suspend());
    unwrap(await services.useCases.authenticate(other.token));
    unwrap(await read(other.caller));
  });

  test('all keys of a suspended principal are suspended', async () => {
    const { caller, suspend } = await atWork();
    const wish = { name: caller.principal.name, class: 'agent', owner: 'bob@example.com' } as const;
    const second = unwrap(
      await services.useCases.manageKeys.create(services.admin, { ...wish, additional: true }),
    );
    unwrap(await suspend());
    expect(refusalOf(await services.useCases.authenticate(second.token))).toBe('key_suspended');
  });

  test('a wrong secret for the id of a suspended key is refused as an invalid key', async () => {
    const { token, suspend } = await atWork();
    unwrap(await suspend());
    const hasher = { ...services.hasher, matches: () => false };
    const authenticate = createAuthenticate(services.store, hasher);
    expect(refusalOf(await authenticate(token))).toBe('invalid_key');
  });
});

describe('permission to suspend', () => {
  test('an administrator can suspend every key', async () => {
    const { suspend, token } = await atWork();
    unwrap(await suspend({ person: services.admin.owner, through: 'a test' }));
    expect(refusalOf(await services.useCases.authenticate(token))).toBe('key_suspended');
  });

  test.each(['alice@example.com', 'mallory@example.com'])(
    'not %s, and the attempt is on record',
    async (email) => {
      const { caller, token, suspend } = await atWork();
      const person = await services.person(email);
      expect(refusalOf(await suspend({ person, through: 'slack T1/U0X' }))).toBe('not_allowed');
      unwrap(await services.useCases.authenticate(token));
      expect((await eventsOf(caller))[0]).toMatchObject({
        type: 'suspension_refused',
        actor: { name: email },
        refusal: 'not_allowed',
      });
    },
  );

  test('a deactivated owner cannot suspend a key', async () => {
    const { suspend, bob } = await atWork();
    const person = { ...bob.person, active: false };
    expect(refusalOf(await suspend({ ...bob, person }))).toBe('not_allowed');
  });

  test('an owner with a human key can suspend their key on the command line, but cannot resume it', async () => {
    const { caller, token } = await atWork();
    const { manageSuspensions } = services.useCases;
    const { name } = caller.principal;
    const bobs = await services.key(`bob-laptop-${count}`, 'human', 'bob@example.com');
    const alices = await services.key(`alice-laptop-${count}`, 'human', 'alice@example.com');
    const why = 'not me';
    expect(refusalOf(await manageSuspensions.suspend(alices.caller, name, why))).toBe(
      'not_allowed',
    );
    expect(refusalOf(await manageSuspensions.suspend(caller, name, why))).toBe('not_allowed');
    unwrap(await manageSuspensions.suspend(bobs.caller, name, why));
    expect(refusalOf(await services.useCases.authenticate(token))).toBe('key_suspended');
    expect(refusalOf(await manageSuspensions.resume(bobs.caller, name))).toBe('not_allowed');
  });

  test('suspending an unknown key is refused as not found', async () => {
    const { suspend, resume } = services.useCases.manageSuspensions;
    expect(refusalOf(await suspend(services.admin, 'nobody', 'why'))).toBe('not_found');
    expect(refusalOf(await resume(services.admin, 'nobody'))).toBe('not_found');
  });
});

test('a key works again after an administrator resumes it, and its revoked grants stay revoked', async () => {
  const { caller, token, pending, suspend } = await atWork();
  unwrap(await suspend());
  const { resume } = services.useCases.manageSuspensions;
  unwrap(await resume(services.admin, caller.principal.name, 'it was bob'));
  unwrap(await services.useCases.authenticate(token));
  expect(refusalOf(await read(caller))).toBe('grant_ended');
  expect((await services.store.approvals.find(pending.id))?.status).toBe('cancelled');
  expect((await eventsOf(caller)).find(({ type }) => type === 'key_resumed')).toMatchObject({
    actor: { name: services.admin.principal.name },
    reason: 'it was bob',
  });
  expect(refusalOf(await resume(services.admin, caller.principal.name))).toBe('not_found');
});

describe('requests in progress when the key is suspended', () => {
  test('requests, decisions and reads that race with a suspension leave neither an active grant nor a pending request', async () => {
    const { useCases } = services;
    const alice = await services.decider('alice@example.com');
    for (let round = 0; round < 8; round += 1) {
      const { caller, pending, suspend } = await atWork();
      const dev = { resources: ['vsecure://secrets/development/A'], reason: '' };
      const asked = { operation: 'read', ...dev } as const;
      const more = { ...asked, resources: ['vsecure://secrets/production/MORE'], reason: REASON };
      await Promise.all([
        useCases.requestAccess(caller, asked),
        useCases.requestAccess(caller, more),
        useCases.decide(alice, { approval: pending.id, verdict: 'approve' }),
        read(caller),
        suspend(),
        read(caller),
        useCases.requestAccess(caller, { ...asked, renew: true }),
      ]);
      expect(await leftOpen(services, caller)).toEqual([]);
      expect(refusalOf(await useCases.requestAccess(caller, asked))).toBe('key_suspended');
    }
  });

  test('a suspension waits for a request that is being written, and cancels it', async () => {
    expect(await askAcrossSuspension((parts) => parts)).toEqual([]);
  });

  test('a request that checks the key only at authentication would survive the suspension', async () => {
    const blind = (parts: Parts) => ({ ...parts, store: withoutHolding(parts.store) });
    expect(await askAcrossSuspension(blind)).toEqual(['grant active']);
  });
});

/** What is open of this key's. */
async function leftOpen({ store }: Services, { principal: { id: principal } }: Caller) {
  const page = { limit: 50 };
  const grants = await store.grants.list({ principal, activeOnly: true }, page);
  const requests = await store.approvals.list({ principal, status: 'pending' }, page);
  return [
    ...grants.items.map(({ status }) => `grant ${status}`),
    ...requests.items.map(({ status }) => `request ${status}`),
  ];
}

/** A grant that needs no person is about to be written when its key is suspended. */
async function askAcrossSuspension(change: (parts: Parts) => Parts): Promise<string[]> {
  let reached = () => {};
  let goOn = () => {};
  const writing = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const stopping = (store: Store) =>
    withTx(store, (tx) => ({
      ...tx,
      grants: {
        ...tx.grants,
        insert: async (grant) => {
          reached();
          await gate;
          return tx.grants.insert(grant);
        },
      },
    }));
  const built = await newServices((parts) => change({ ...parts, store: stopping(parts.store) }));
  onTestFinished(() => built.close());
  const { caller } = await built.agent();
  const resources = ['vsecure://secrets/development/A'];
  const asking = built.ask(caller, { resources, reason: '' });
  await writing;
  let done = false;
  const person = await built.person('bob@example.com');
  const suspending = built.useCases
    .suspendPrincipal({ person, through: 'a test' }, caller.principal.id)
    .then(() => {
      done = true;
    });
  const sql = sqlOn(built.database.dataSource);
  const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update principal%'`;
  await until('the suspension, or its wait', async () => done || (await sql(waits)).length > 0);
  goOn();
  await Promise.all([asking, suspending]);
  return leftOpen(built, caller);
}

const withTx = (store: Store, change: (tx: Tx) => Tx): Store => ({
  ...store,
  transaction: (work) => store.transaction((tx) => work(change(tx))),
});

const withoutHolding = (store: Store): Store =>
  withTx(store, (tx) => ({
    ...tx,
    principals: { ...tx.principals, lockActive: (id) => tx.principals.find(id) },
  }));
