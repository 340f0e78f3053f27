/** A trigger that returns NULL drops a write without an error. No such write is reported as done, and nothing else of its transaction stays. */

import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import { makeId } from '../../src/crypto/ids.js';
import type { Caller } from '../../src/domain/rights.js';
import { openDatabase } from '../../src/store/database.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { sqlOn } from '../../src/store/sql.js';
import { createStore } from '../../src/store/store.js';
import { approvedGrant } from '../flow/short-grants.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';

let services: Services;
let agent: Caller;
let agents = 0;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ maxUses: 1000 });
  await services.secret('the value');
  agent = (await services.agent()).caller;
  await approvedGrant(services, agent);
  await sql(
    `create function drop_row() returns trigger language plpgsql as 'begin return null; end'`,
  );
  await sql(`create function need_sync() returns trigger language plpgsql as $$ begin
    if current_setting('synchronous_commit') <> 'on' then raise exception 'not durable'; end if;
    return new; end $$`);
});
let dropping: string | undefined;
afterEach(async () => {
  if (dropping) await sql(`drop trigger drops on ${dropping}`);
  dropping = undefined;
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});
afterAll(() => services.close());

const sql = (text: string) => sqlOn(services.database.dataSource)<Record<string, unknown>>(text);

/** From now until the end of the test, such writes are dropped. */
async function dropWrites(how: 'insert' | 'update' | 'delete', table: string): Promise<void> {
  dropping = table;
  await sql(
    `create trigger drops before ${how} on ${table} for each row execute function drop_row()`,
  );
}

const read = () => services.useCases.readSecret(agent, { resource: DATABASE_URL });

/** Everything that a dropped write could leave half done. */
async function state() {
  const [row] = await sql(`select (select count(*)::int from audit_event) as events,
    (select sequence from audit_head) as head, (select sum(uses)::int from access_grant) as uses,
    (select count(*)::int from access_grant) as grants, (select count(*)::int from vote) as votes,
    (select count(*)::int from approval where status = 'approved') as approved,
    (select count(*)::int from api_key) as keys, (select count(*)::int from principal) as principals,
    (select count(*)::int from api_key where revoked_at is null) as live_keys,
    (select count(*)::int from principal where suspended_at is null) as active,
    (select string_agg(role || active, ' ' order by id) from person) as people,
    (select count(*)::int from secret_version) as versions`);
  return row;
}

/** The action neither succeeds nor changes anything. */
async function changesNothing(act: () => Promise<unknown>): Promise<void> {
  const before = await state();
  await expect(act()).rejects.toThrow();
  expect(await state()).toEqual(before);
}

describe('a dropped', () => {
  test.each([
    ['insert', 'audit_event'],
    ['update', 'audit_head'],
  ] as const)(
    '%s of %s gives out no value, counts no use and creates no key',
    async (how, table) => {
      await dropWrites(how, table);
      await changesNothing(read);
      await changesNothing(() => services.agent(`dropped-${table}`));
    },
  );

  test('use of a grant gives out no value', async () => {
    await dropWrites('update', 'access_grant');
    expect(await read()).toMatchObject({ ok: false });
  });

  test.each([
    ['insert', 'vote'],
    ['insert', 'access_grant'],
  ] as const)('%s of %s approves nothing', async (how, table) => {
    agents += 1;
    const { caller } = await services.agent(`asking-${agents}`);
    const { id } = await services.ask(caller);
    const alice = await services.decider('alice@example.com');
    await dropWrites(how, table);
    await changesNothing(() =>
      services.useCases.decide(alice, { approval: id, verdict: 'approve', reason: 'yes' }),
    );
    const approval = await services.store.approvals.find(id);
    expect(approval?.status).toBe('pending');
  });

  test('insert of a key creates none', async () => {
    await dropWrites('insert', 'api_key');
    await changesNothing(() => services.agent('without-a-key'));
  });

  test('revocation of a key is not reported as done, nor as done before', async () => {
    const { caller } = await services.agent('revoked');
    await dropWrites('update', 'api_key');
    await changesNothing(() =>
      services.store.transaction((tx) => tx.principals.revokeKey(caller.key.id)),
    );
  });

  test('suspension of a principal, and the end of its grants, is not reported as done', async () => {
    const admin = services.admin.owner.id;
    await dropWrites('update', 'principal');
    await changesNothing(() =>
      services.store.transaction((tx) => tx.principals.suspend(agent.principal.id, admin)),
    );
    await sql('drop trigger drops on principal');
    await dropWrites('update', 'access_grant');
    await changesNothing(() =>
      services.store.transaction((tx) => tx.grants.revokeAll(agent.principal.id, admin, 'gone')),
    );
  });

  test('change of a role, and deactivation of a person, is not reported as done', async () => {
    const { id } = await services.person('carol@example.com');
    await dropWrites('update', 'person');
    const change = services.store.transaction;
    await changesNothing(() => change((tx) => tx.people.setRole(id, 'admin')));
    await changesNothing(() => change((tx) => tx.people.deactivate(id)));
  });

  test('insert or delete of a version of a secret is not reported as done', async () => {
    await dropWrites('insert', 'secret_version');
    await changesNothing(() => services.secret('another value'));
    await sql('drop trigger drops on secret_version');
    await dropWrites('delete', 'secret_version');
    const secret = await services.store.secrets.find(DATABASE_URL);
    if (!secret) throw new Error('the secret is missing');
    await changesNothing(() => services.store.transaction((tx) => tx.secrets.remove(secret.id)));
  });

  test('delete of the votes under an earlier policy leaves the request under that policy', async () => {
    const policy = await services.policy({
      minApprovals: 2,
      approvers: ['alice@example.com', 'dan@example.com'],
    });
    const { caller } = await services.agent('rebound');
    const { id } = await services.ask(caller);
    const alice = await services.decider('alice@example.com');
    unwrap(
      await services.useCases.decide(alice, { approval: id, verdict: 'approve', reason: 'yes' }),
    );
    await dropWrites('delete', 'vote');
    const changed = { ...policy, version: policy.version + 1 };
    await changesNothing(() =>
      services.store.transaction((tx) => tx.approvals.rebind(id, changed, 'e'.repeat(64))),
    );
  });
});

/** A ledger on one connection whose session does not wait for the disk; `change` may alter its statements. */
async function ledgerOn(change: (text: string) => string = (text) => text) {
  const dataSource = await openDatabase(services.database.connection, { poolSize: 1 });
  await sqlOn(dataSource)('set synchronous_commit = off');
  const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode);
    const connect = runner.connect.bind(runner);
    runner.connect = async () => changing(await connect(), change);
    return runner;
  };
  return {
    dataSource,
    ledger: createReadLedger(dataSource, chainHash, services.installation),
    [Symbol.asyncDispose]: () => dataSource.destroy(),
  };
}

const changing = (client: pg.Client, change: (text: string) => string): pg.Client =>
  new Proxy(client, {
    get(target, key) {
      if (key === 'query')
        return (statement: string | pg.QueryConfig, values?: unknown[]) =>
          typeof statement === 'string'
            ? target.query(change(statement), values)
            : target.query({ ...statement, text: change(statement.text) });
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

const readOf = () => ({
  principal: agent.principal.id,
  principalName: agent.principal.name,
  key: agent.key.id,
  resource: DATABASE_URL,
});

describe('a ledger that does not count the events which it inserted', () => {
  test('gives out a value without an event, so the check above fails on it', async () => {
    await using mutant = await ledgerOn((text) => text.replace('select 1 / (', 'select ('));
    const before = await state();
    await dropWrites('insert', 'audit_event');
    expect(await mutant.ledger.open(readOf())).toMatchObject({ ok: true });
    expect((await state())?.['events']).toBe(before?.['events']);
    expect(await brokenInvariants(services.database.dataSource)).not.toEqual([]);
    // Undoes what the mutant did: a use without an event, and a head without its last event.
    await sql('update access_grant set uses = uses - 1 where uses > 0');
    await sql(`update audit_head set (sequence, hash) =
      (select sequence, hash from audit_event order by sequence desc limit 1)`);
  });
});

describe('a session that does not wait for the disk', () => {
  beforeAll(() =>
    sql(
      'create trigger syncs before insert on audit_event for each row execute function need_sync()',
    ),
  );
  afterAll(() => sql('drop trigger syncs on audit_event'));

  test('gives out a value only after its event is on disk', async () => {
    await using own = await ledgerOn();
    expect(await own.ledger.open(readOf())).toMatchObject({ ok: true });
  });

  test('commits an audited change only to the disk', async () => {
    await using own = await ledgerOn();
    const store = createStore(own.dataSource, { chain: chainHash, makeId });
    await store.transaction(async (tx) =>
      tx.record({ type: 'key_revoked', actor: { kind: 'key', id: agent.principal.id, name: 'a' } }),
    );
  });

  test('would give a value out before, with a ledger that leaves this to the session', async () => {
    const change = (text: string) => text.replace('; set local synchronous_commit = on', '');
    await using mutant = await ledgerOn(change);
    await expect(mutant.ledger.open(readOf())).rejects.toThrow();
  });
});
