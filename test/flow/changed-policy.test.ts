/** What is approved is what was shown: a policy that changed under a pending request makes the decider look again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decider } from '../../src/usecases/approvals/decide.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';
import { expectRefusal, refusalsDuring } from './expect-refusal.js';

let services: Services;
let agent: Caller;
let alice: Decider;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  agent = (await services.agent()).caller;
  alice = await services.decider('alice@example.com');
});
afterAll(() => services.close());

const approve = (approval: `appr_${string}`, seen?: string) =>
  services.useCases.decide(alice, { approval, verdict: 'approve', reason: 'fine with me', seen });

async function drawings(id: string): Promise<number | undefined> {
  const [row] = await sqlOn(services.database.dataSource)<{ wanted: number }>(
    'select wanted from delivery where subject = $1',
    [id],
  );
  return row?.wanted;
}

test('a click on an outdated card is refused, the card is updated, and the next click counts', async () => {
  const shown = await services.ask(agent);
  const first = await drawings(shown.id);
  const policy = await services.policy({ maxDuration: HOUR, defaultDuration: 30 * MINUTE });
  const drawn = await drawings(shown.id);
  expect(drawn).toBe((first ?? 0) + 1);

  const events = await refusalsDuring(services, 'decision_refused', async () => {
    const answer = await approve(shown.id, shown.digest);
    expectRefusal(answer, 'policy_changed', /Read the request again, then decide/);
  });
  expect(events).toEqual([
    { refusal: 'policy_changed', actor: 'alice@example.com', approval: shown.id },
  ]);
  expect(await drawings(shown.id)).toBe((drawn ?? 0) + 1);
  const redrawn = await services.store.approvals.find(shown.id);
  expect(redrawn).toMatchObject({ status: 'pending', policyVersion: policy.version });
  expect(redrawn?.digest).not.toBe(shown.digest);

  expectRefusal(await approve(shown.id, shown.digest), 'policy_changed', /Read the request again/);
  expect(unwrap(await approve(shown.id, redrawn?.digest)).status).toBe('approved');
  const grant = await services.store.grants.ofApproval(shown.id);
  expect(grant).toMatchObject({ status: 'active', digest: redrawn?.digest });
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});

test('a voter who saw the current policy can decide, and votes cast before the change are void', async () => {
  const approvers = ['alice@example.com', 'carol@example.com'];
  const uri = 'vsecure://secrets/void/*';
  await services.policy({ minApprovals: 2, approvers }, uri);
  const { id } = await services.ask(agent, { resources: ['vsecure://secrets/void/A'] });
  const carol = await services.decider('carol@example.com');
  unwrap(await services.useCases.decide(carol, { approval: id, verdict: 'approve' }));
  const policy = await services.policy({ maxUses: 5, approvers }, uri);

  const facts = await services.useCases.readCardFacts(id);
  expect(facts?.changes.flatMap(({ lines }) => lines)).toEqual(['maxUses: unlimited → 5']);
  expect(facts?.digest).not.toBe(facts?.approval.digest);
  expect(unwrap(await approve(id, facts?.digest)).status).toBe('pending');
  expect(await services.store.approvals.find(id)).toMatchObject({
    policyVersion: policy.version,
    digest: facts?.digest,
  });
  expect(
    unwrap(await services.useCases.decide(carol, { approval: id, verdict: 'approve' })),
  ).toMatchObject({
    status: 'approved',
    digest: facts?.digest,
  });
  expect(await services.store.grants.ofApproval(id)).toMatchObject({ digest: facts?.digest });
  const votes = (await services.store.audit.list({}, { limit: 200 })).items.filter(
    ({ approval, type }) => approval === id && type === 'vote_cast',
  );
  expect(votes).toHaveLength(3);
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});

test('a policy change updates the cards of the pending requests that it covers, and no others', async () => {
  const covered = await services.ask(agent, { renew: true, duration: 4 * MINUTE });
  await services.policy({}, 'vsecure://secrets/apart/*');
  const apart = await services.ask(agent, { resources: ['vsecure://secrets/apart/A'] });
  const [before, other] = [await drawings(covered.id), await drawings(apart.id)];
  await services.policy({ maxUses: 7 }, 'vsecure://secrets/**');
  expect(await drawings(covered.id)).toBe((before ?? 0) + 1);
  await services.policy({ maxUses: 9 });
  expect(await drawings(covered.id)).toBe((before ?? 0) + 2);
  expect(await drawings(apart.id)).toBe((other ?? 0) + 1);
  await services.policy({ maxUses: 9 });
  expect(await drawings(covered.id)).toBe((before ?? 0) + 2);
});

test('an approver removed from the policy cannot decide earlier requests', async () => {
  const { id } = await services.ask(agent, { renew: true });
  await services.policy({ approvers: ['carol@example.com'] });
  expectRefusal(await approve(id), 'policy_changed', /Read the request again/);
  expectRefusal(await approve(id), 'not_an_approver', /not one of the approvers/);
  await services.policy({ approvers: ['alice@example.com'] });
});

test('a new stricter policy also decides earlier requests', async () => {
  const { id } = await services.ask(agent, { renew: true, duration: 2 * MINUTE });
  const stricter = await services.policy(
    { minApprovals: 2, approvers: ['alice@example.com', 'carol@example.com'] },
    DATABASE_URL,
  );
  expectRefusal(await approve(id), 'policy_changed', /Read the request again/);
  expect(await services.store.approvals.find(id)).toMatchObject({ policy: stricter.id });
  expect(unwrap(await approve(id)).status).toBe('pending');
});

test('a request whose resources now fall under several policies cannot be decided', async () => {
  const [one, other] = ['vsecure://secrets/pair/ONE', 'vsecure://secrets/pair/OTHER'];
  await services.policy({}, 'vsecure://secrets/pair/*');
  const { id } = await services.ask(agent, { resources: [one, other] });
  await services.policy({}, other);
  expectRefusal(await approve(id), 'policy_changed', /Read the request again/);
  expectRefusal(await approve(id), 'policy_changed', /Read the request again/);
  expect(await services.store.approvals.find(id)).toMatchObject({ status: 'pending' });
});
