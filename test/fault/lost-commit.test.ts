/** The connection to the database breaks at the worst moment: around a COMMIT. */
import { beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { openDatabase } from '../../src/store/database.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decider } from '../../src/usecases/approvals/decide.js';
import type { Repeat } from '../../src/usecases/idempotent.js';
import { approvedGrant } from '../flow/grants.js';
import { ownPostgres } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { type PostgresProxy, postgresProxy } from '../support/postgres-proxy.js';
import { buildHouse, DATABASE_URL, granted, type House, REASON } from '../support/services.js';

let house: House;
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
  house = await buildHouse({ database: { connection, dataSource, close } });
  await house.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
  await house.secret('s3cret-value');
  agent = (await house.agent()).caller;
  return () => house.close();
});

const read = () => house.useCases.readSecret(agent, { resource: DATABASE_URL });

async function recordedReads(): Promise<number> {
  const events = await sqlOn(house.database.dataSource)(
    `select 1 from audit_event where body ->> 'type' = 'secret_read'`,
  );
  return events.length;
}

describe('a read', () => {
  test('whose COMMIT never arrives gets no value, and there is no record of it', async () => {
    await approvedGrant(house, agent);
    const before = await recordedReads();
    const cut = proxy.cutNextCommit('before');
    await expect(read()).rejects.toThrow();
    await cut;
    expect(await recordedReads()).toBe(before);
    expect(Buffer.from(granted(await read()).value).toString()).toBe('s3cret-value');
  });

  test('whose COMMIT is not answered gets no value either, though it is on record', async () => {
    await approvedGrant(house, agent);
    const before = await recordedReads();
    const cut = proxy.cutNextCommit('after');
    await expect(read()).rejects.toThrow();
    await cut;
    expect(await recordedReads()).toBe(before + 1);
    granted(await read());
    expect(await brokenInvariants(house.database.dataSource)).toEqual([]);
  });
});

describe('a decision', () => {
  let alice: Decider;
  let carol: Decider;
  beforeAll(async () => {
    alice = await house.decider('alice@example.com');
    carol = await house.decider('carol@example.com');
  });
  const approve = (who: Decider, approval: ApprovalId) =>
    house.useCases.decide(who, { approval, verdict: 'approve' });

  test('whose COMMIT never arrives was not made, and can be made again', async () => {
    const { id } = await house.ask(agent, { renew: true });
    const cut = proxy.cutNextCommit('before');
    await expect(approve(alice, id)).rejects.toThrow();
    await cut;
    expect(await house.store.approvals.find(id)).toMatchObject({ status: 'pending' });
    expect(granted(await approve(alice, id)).status).toBe('approved');
  });

  test('whose COMMIT is not answered was made, and whoever made it and tries again is not told that it failed', async () => {
    const { id } = await house.ask(agent, { renew: true });
    const cut = proxy.cutNextCommit('after');
    await expect(approve(alice, id)).rejects.toThrow();
    await cut;
    expect(await house.store.approvals.find(id)).toMatchObject({ status: 'approved' });

    expect(granted(await approve(alice, id)).status).toBe('approved');
    expect(await approve(carol, id)).toMatchObject({
      ok: false,
      refusal: { code: 'already_decided', status: 'approved' },
    });
    expect(await house.store.approvals.votes(id)).toHaveLength(1);
    expect(await brokenInvariants(house.database.dataSource)).toEqual([]);
  });
});

describe('a change that is sent again under its key', () => {
  const repeat = () => ({ principal: agent.principal.id, key: makeId('appr'), question: 'ask' });
  const ask = (again: Repeat) =>
    house.useCases.requestAccess(
      agent,
      { resources: [DATABASE_URL], operation: 'read', reason: REASON, renew: true },
      again,
    );

  test('is made when the COMMIT of the first try never arrived', async () => {
    const again = repeat();
    const cut = proxy.cutNextCommit('before');
    await expect(ask(again)).rejects.toThrow();
    await cut;
    expect(granted(await ask(again)).approval).toMatchObject({ status: 'pending', asked: 1 });
  });

  test('is not made twice when only the answer to its COMMIT was lost', async () => {
    const again = { ...repeat(), question: 'ask once more' };
    const before = await recordedQuestions();
    const cut = proxy.cutNextCommit('after');
    await expect(ask(again)).rejects.toThrow();
    await cut;
    granted(await ask(again));
    expect(await recordedQuestions()).toBe(before + 1);
  });

  async function recordedQuestions(): Promise<number> {
    const events = await sqlOn(house.database.dataSource)(
      `select 1 from audit_event where body ->> 'type' in ('approval_requested', 'approval_repeated')`,
    );
    return events.length;
  }
});
