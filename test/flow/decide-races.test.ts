/** Many people, one approval, the same moment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import { createDecide, type Decide } from '../../src/usecases/approvals/decide.js';
import { createIdempotent } from '../../src/usecases/idempotent.js';
import { type DurableServices, durableServices } from '../support/durable-services.js';
import { brokenInvariants } from '../support/invariants.js';
import { DATABASE_URL, unwrap } from '../support/services.js';
import { createReadThenWriteDecide, withoutLock } from './broken-decide.js';
import { deciders, PEOPLE, raceProblems } from './race-deciders.js';

const QUORUM = 'vsecure://secrets/quorum/*';
const TEN_VOTERS = 'vsecure://secrets/ten-voters/*';
const ROUNDS = 8;

let services: DurableServices;
let agent: Caller;

beforeAll(async () => {
  services = await durableServices();
  await services.policy({ approvers: PEOPLE });
  await services.policy({ approvers: PEOPLE, minApprovals: 3 }, QUORUM);
  await services.policy({ approvers: PEOPLE, minApprovals: 10 }, TEN_VOTERS);
  await services.secret();
  agent = (await services.agent()).caller;
});
afterAll(() => services.close());

const pending = (resource = DATABASE_URL) =>
  services.ask(agent, { resources: [resource], renew: true });

async function violations(decide: Decide, rounds: number): Promise<string[]> {
  const found: string[] = [];
  for (let round = 0; round < rounds; round += 1)
    found.push(...(await raceProblems(services, decide, await pending())));
  return found;
}

describe('twenty people who click Approve and Deny at the same moment', () => {
  test('twenty concurrent votes make one decision and at most one grant, and nineteen people learn the result', async () => {
    expect(await violations(services.useCases.decide, ROUNDS)).toEqual([]);
  });

  test('without an atomic update, twenty concurrent votes would make several decisions', async () => {
    const other = await durableServices();
    try {
      await other.policy({ approvers: PEOPLE });
      const { caller } = await other.agent();
      const decide = createReadThenWriteDecide(other);
      const found = await raceProblems(other, decide, await other.ask(caller));
      expect(found).toContainEqual(expect.stringMatching(/^decisions: \d+ instead of 1$/));
    } finally {
      await other.close();
    }
  });

  test('without a lock on the approval, some voters would get a wrong answer', async () => {
    const decide = createDecide({
      ...services,
      idempotent: createIdempotent(services.fingerprint),
      store: withoutLock(services.store),
    });
    const found = await violations(decide, 1);
    expect(found).toContainEqual(expect.stringMatching(/^learned the result: \d+ instead of 19$/));
  });
});

describe('votes towards a quorum', () => {
  test.each([
    { policy: QUORUM, resource: 'vsecure://secrets/quorum/KEY', counted: 3 },
    { policy: TEN_VOTERS, resource: 'vsecure://secrets/ten-voters/KEY', counted: 10 },
  ])('a quorum of $counted counts all ten concurrent votes', async ({ resource, counted }) => {
    const approval = await pending(resource);
    const found = await tenApprove(services.useCases.decide, approval);
    expect(found).toEqual({ counted, refusals: 10 - counted, status: 'approved', votes: counted });
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('without a lock on the approval, a quorum would lose votes', async () => {
    const decide = createDecide({
      ...services,
      idempotent: createIdempotent(services.fingerprint),
      store: withoutLock(services.store),
    });
    const statuses: unknown[] = [];
    for (const name of ['A', 'B', 'C', 'D']) {
      const found = await tenApprove(decide, await pending(`vsecure://secrets/ten-voters/${name}`));
      statuses.push(found.status);
    }
    expect(statuses).toContain('pending');
  });
});

async function tenApprove(decide: Decide, { id }: Approval) {
  const people = (await deciders(services)).slice(0, 10);
  const results = await Promise.all(
    people.map((person) => decide(person, { approval: id, verdict: 'approve', reason: 'yes' })),
  );
  return {
    counted: results.filter(({ ok }) => ok).length,
    refusals: results.filter((one) => !one.ok && one.refusal.code === 'already_decided').length,
    status: (await services.store.approvals.find(id))?.status,
    votes: (await services.store.approvals.votes(id)).length,
  };
}

describe('races between decisions, cancellation, expiry and revocation', () => {
  test('of concurrent approve, deny, cancel and expire, exactly one wins, and all callers get the same result', async () => {
    const sql = sqlOn(services.database.dataSource);
    const [alice, bob] = await deciders(services);
    if (!alice || !bob) throw new Error('no person was created');
    const { decide, cancelRequest, expireApprovals } = services.useCases;
    const outcomes = new Set<string | undefined>();
    for (let round = 0; round < 40; round += 1) {
      const { id } = await pending();
      const left = (round % 8) * 3;
      await sql(
        `update approval set expires_at = clock_timestamp() + $2::int * interval '1 ms' where id = $1`,
        [id, round % 2 === 0 ? left : 60_000],
      );
      const [approved, denied, cancelled] = await Promise.all([
        decide(alice, { approval: id, verdict: 'approve' }),
        decide(bob, { approval: id, verdict: 'deny', reason: 'no' }),
        cancelRequest(agent, id),
        expireApprovals(),
        expireApprovals(),
      ]);
      await expireApprovals();
      const status = (await services.store.approvals.find(id))?.status;
      outcomes.add(status);
      expect([approved.ok, denied.ok, cancelled.ok]).toEqual([
        status === 'approved',
        status === 'denied',
        status === 'cancelled',
      ]);
    }
    expect(outcomes).not.toContain('pending');
    expect(outcomes).toContain('expired');
    expect(outcomes.size).toBeGreaterThan(1);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('no read succeeds after a concurrent revocation', async () => {
    const [alice] = await deciders(services);
    if (!alice) throw new Error('no person was created');
    const { decide, readSecret, revokeGrant } = services.useCases;
    for (let round = 0; round < 10; round += 1) {
      const { id } = await pending();
      unwrap(await decide(alice, { approval: id, verdict: 'approve' }));
      const grant = await services.store.grants.ofApproval(id);
      if (!grant) throw new Error('there is no grant');
      const holders = await services.store.grants.list({ activeOnly: true }, { limit: 200 });
      for (const other of holders.items.filter((one) => one.id !== grant.id))
        await revokeGrant(alice.person, other.id, 'only one may be left');

      const reading = Array.from({ length: 60 }, () =>
        readSecret(agent, { resource: DATABASE_URL }),
      );
      unwrap(await revokeGrant(alice.person, grant.id, 'enough'));
      const late = await readSecret(agent, { resource: DATABASE_URL });
      expect(late).toMatchObject({ ok: false, refusal: { code: 'grant_ended', how: 'revoked' } });

      const values = (await Promise.all(reading)).filter(({ ok }) => ok).length;
      expect((await services.store.grants.find(grant.id))?.uses).toBe(values);
    }
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});
