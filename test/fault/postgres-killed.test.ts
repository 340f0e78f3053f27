/** The database server is killed without warning, under load, and started again on the same files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decider } from '../../src/usecases/approvals/decide.js';
import { approvedGrant } from '../flow/short-grants.js';
import { type DurableServices, durableServices } from '../support/durable-services.js';
import { brokenInvariants } from '../support/invariants.js';
import { DATABASE_URL } from '../support/services.js';
import { until } from '../support/until.js';

let services: DurableServices;
let agent: Caller;
let alice: Decider;
beforeAll(async () => {
  services = await durableServices();
  await services.policy();
  await services.secret();
  agent = (await services.agent()).caller;
  alice = await services.decider('alice@example.com');
});
afterAll(() => services.close());

/** Everything that was acknowledged must stay in the database. */
interface Acknowledged {
  readonly approved: ApprovalId[];
  reads: number;
}

test('when Postgres is killed under load, no acknowledged change is lost, and waiting callers continue to wait', async () => {
  await approvedGrant(services, agent);
  const waitedFor = (await services.ask(agent, { renew: true, duration: 60_000 })).id;
  const { acknowledged, stop } = load();
  await until('some load', () => acknowledged.approved.length > 10 && acknowledged.reads > 100);
  let waits = false;
  const waiting = services.useCases.waitForDecision(agent, waitedFor, {
    ms: 25_000,
    onWait: () => {
      waits = true;
    },
  });
  await until('a caller waits', () => waits);
  process.kill(services.server.pid ?? 0, 'SIGKILL');
  await until('the listener to notice', () => !services.listener.connected);
  const { dataDir } = services.server;
  await using _again = await startEmbedded({ dataDir });
  await stop();
  await until('the listener to be back', () => services.listener.connected);

  await until('a decision', () =>
    services.useCases
      .decide(alice, { approval: waitedFor, verdict: 'approve' })
      .catch(() => undefined),
  );
  expect(await waiting).toMatchObject({
    ok: true,
    value: { approval: { status: 'approved' }, grant: { status: 'active' } },
  });
  expect(await lost(acknowledged)).toEqual({ decisions: [], reads: 0 });
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.listener.stop();
  await services.database.dataSource.destroy();
});

/** Reads and decides as fast as it can; a call that throws was not acknowledged. */
function load() {
  const acknowledged: Acknowledged = { approved: [], reads: 0 };
  const ending = new AbortController();
  const { useCases } = services;
  const forever = async (work: () => Promise<void>) => {
    while (!ending.signal.aborted) await work().catch(() => new Promise(setImmediate));
  };
  const decide = async () => {
    const { id } = await services.ask(agent, { renew: true });
    const answer = await useCases.decide(alice, { approval: id, verdict: 'approve' });
    if (answer.ok) acknowledged.approved.push(id);
  };
  const read = async () => {
    const answer = await useCases.readSecret(agent, { resource: DATABASE_URL });
    if (answer.ok) acknowledged.reads += 1;
  };
  const workers = [decide, decide, read, read, read, read].map(forever);
  return {
    acknowledged,
    stop: async () => {
      ending.abort();
      await Promise.all(workers);
    },
  };
}

async function lost({ approved, reads }: Acknowledged) {
  const sql = sqlOn(services.database.dataSource);
  const kept = await sql<{ id: ApprovalId }>(
    `select a.id from approval a join access_grant g on g.approval_id = a.id where a.status = 'approved'`,
  );
  const ids = new Set(kept.map(({ id }) => id));
  const recorded = await sql(`select 1 from audit_event where body ->> 'type' = 'secret_read'`);
  return {
    decisions: approved.filter((id) => !ids.has(id)),
    reads: Math.max(0, reads - recorded.length),
  };
}
