/** The connection to the database breaks at the worst moment: around a COMMIT. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { openDatabase } from '../../src/store/database.js';
import { sqlIn, sqlOn } from '../../src/store/sql.js';
import type { Decider } from '../../src/usecases/approvals/decide.js';
import type { IdempotencyKey } from '../../src/usecases/idempotent.js';
import { approvedGrant } from '../flow/short-grants.js';
import { ownPostgres } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { type PostgresProxy, postgresProxy } from '../support/postgres-proxy.js';
import { buildServices, DATABASE_URL, REASON, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';

let services: Services;
let proxy: PostgresProxy;
let agent: Caller;
beforeAll(async () => {
  const server = await ownPostgres();
  proxy = await postgresProxy(server);
  const { connection } = proxy;
  const dataSource = await openDatabase(connection);
  const close = async () => {
    await dataSource.destroy();
    await proxy.close();
    await server.stop();
  };
  services = await buildServices({ database: { connection, dataSource, close } });
  await services.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
  await services.secret('s3cret-value');
  agent = (await services.agent()).caller;
  return () => services.close();
});

const read = () => services.useCases.readSecret(agent, { resource: DATABASE_URL });

async function recordedReads(): Promise<number> {
  const events = await sqlOn(services.database.dataSource)(
    `select 1 from audit_event where body ->> 'type' = 'secret_read'`,
  );
  return events.length;
}

describe('a read', () => {
  test('whose COMMIT never arrives gets no value, and there is no record of it', async () => {
    await approvedGrant(services, agent);
    const before = await recordedReads();
    const cut = proxy.cutNextCommit('before');
    await expect(read()).rejects.toThrow();
    await cut;
    expect(await recordedReads()).toBe(before);
    expect(Buffer.from(unwrap(await read()).value).toString()).toBe('s3cret-value');
  });

  test('whose COMMIT is not answered gets no value either, although it is recorded', async () => {
    await approvedGrant(services, agent);
    const before = await recordedReads();
    const cut = proxy.cutNextCommit('after');
    await expect(read()).rejects.toThrow();
    await cut;
    expect(await recordedReads()).toBe(before + 1);
    unwrap(await read());
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});

describe('a decision', () => {
  let alice: Decider;
  let carol: Decider;
  beforeAll(async () => {
    alice = await services.decider('alice@example.com');
    carol = await services.decider('carol@example.com');
  });
  const approve = (who: Decider, approval: ApprovalId) =>
    services.useCases.decide(who, { approval, verdict: 'approve' });

  test('whose COMMIT never arrives was not made, and can be made again', async () => {
    const { id } = await services.ask(agent, { renew: true });
    const cut = proxy.cutNextCommit('before');
    await expect(approve(alice, id)).rejects.toThrow();
    await cut;
    expect(await services.store.approvals.find(id)).toMatchObject({ status: 'pending' });
    expect(unwrap(await approve(alice, id)).status).toBe('approved');
  });

  test('whose COMMIT is not answered was made, and the approver who tries again gets no error', async () => {
    const { id } = await services.ask(agent, { renew: true });
    const cut = proxy.cutNextCommit('after');
    await expect(approve(alice, id)).rejects.toThrow();
    await cut;
    expect(await services.store.approvals.find(id)).toMatchObject({ status: 'approved' });

    expect(unwrap(await approve(alice, id)).status).toBe('approved');
    expect(await approve(carol, id)).toMatchObject({
      ok: false,
      refusal: { code: 'already_decided', status: 'approved' },
    });
    expect(await services.store.approvals.votes(id)).toHaveLength(1);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});

describe('a change that is repeated with its idempotency key', () => {
  const repeat = () => ({ principal: agent.principal.id, key: makeId('appr'), request: 'ask' });
  const ask = (again: IdempotencyKey) =>
    services.useCases.requestAccess(
      agent,
      { resources: [DATABASE_URL], operation: 'read', reason: REASON, renew: true },
      again,
    );

  test('is made when the COMMIT of the first try never arrived', async () => {
    const again = repeat();
    const cut = proxy.cutNextCommit('before');
    await expect(ask(again)).rejects.toThrow();
    await cut;
    expect(unwrap(await ask(again)).approval).toMatchObject({
      status: 'pending',
      timesRequested: 1,
    });
  });

  test('is not made twice when only the answer to its COMMIT was lost', async () => {
    const again = { ...repeat(), request: 'ask once more' };
    const before = await recordedQuestions();
    const cut = proxy.cutNextCommit('after');
    await expect(ask(again)).rejects.toThrow();
    await cut;
    unwrap(await ask(again));
    expect(await recordedQuestions()).toBe(before + 1);
  });

  async function recordedQuestions(): Promise<number> {
    const events = await sqlOn(services.database.dataSource)(
      `select 1 from audit_event where body ->> 'type' in ('approval_requested', 'approval_repeated')`,
    );
    return events.length;
  }
});

describe('requests of several keys that are committed together', () => {
  test('are each made once, and each caller learns that the outcome is unknown, when the answer to their COMMIT is lost', async () => {
    const keys: Caller[] = [];
    for (let n = 0; n < 8; n += 1) keys.push((await services.agent(`together-${n}`)).caller);
    const ask = (caller: Caller) =>
      services.useCases.requestAccess(caller, {
        resources: [DATABASE_URL],
        operation: 'read',
        reason: REASON,
      });
    // Two that wait for a lock let the others gather.
    const [held, group] = [keys.slice(0, 2), keys.slice(2)];
    const waiting: Promise<unknown>[] = [];
    await services.database.dataSource.transaction(async (manager) => {
      await sqlIn(manager)('select 1 from principal where id = any($1) for update', [
        held.map(({ principal }) => principal.id),
      ]);
      waiting.push(...held.map(ask));
      const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock'`;
      const sql = sqlOn(services.database.dataSource);
      await until('both wait for a lock', async () => (await sql(waits)).length === 2);
      const cut = proxy.cutNextCommit('after');
      const answers = await Promise.allSettled(group.map(ask));
      await cut;
      for (const answer of answers)
        expect(answer).toMatchObject({ status: 'rejected', reason: { undone: false } });
    });
    await Promise.all(waiting);
    for (const { principal } of keys)
      expect(
        (await services.store.approvals.list({ principal: principal.id }, { limit: 10 })).items,
      ).toMatchObject([{ status: 'pending', timesRequested: 1 }]);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});
