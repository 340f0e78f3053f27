/** How approvals become pending and are settled, by the database's clock and under concurrency. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import type { Settlement } from '../../src/domain/approval.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import type { Caller } from '../../src/domain/rights.js';
import { ownVisibility } from '../../src/domain/visibility.js';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { anotherProcess, pastOf, question, sqlState, UNIQUE } from './scene.js';

let services: Services;
let other: Awaited<ReturnType<typeof anotherProcess>>;
let policy: Policy;
let alice: Settlement;
beforeAll(async () => {
  services = await buildServices();
  other = await anotherProcess(services);
  policy = await services.policy();
  const { id: by } = await services.person('alice@example.com');
  alice = { status: 'approved', by, granted: 60_000, grantedResources: [DATABASE_URL] };
});
afterAll(async () => {
  await other.close();
  await services.close();
});

let agents = 0;
async function agent(): Promise<Caller> {
  agents += 1;
  return (await services.agent(`agent-${agents}`)).caller;
}

const ask = async (changes: Parameters<typeof question>[2] = {}, caller?: Caller) => {
  const asked = question(caller ?? (await agent()), policy, changes);
  return services.store.transaction((tx) => tx.approvals.insertPending(asked));
};

describe('a request', () => {
  test('that arrives twenty times at once is one approval, asked twenty times', async () => {
    const caller = await agent();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => {
        const { store } = turn % 2 ? services : other;
        return store.transaction((tx) =>
          tx.approvals.insertPending(question(caller, policy, { reason: `reason ${turn}` })),
        );
      }),
    );
    expect(new Set(answers.map(({ approval }) => approval.id)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    const [first] = answers.filter(({ repeated }) => !repeated);
    const stored = await services.store.approvals.find(first?.approval.id ?? 'appr_');
    expect(stored).toMatchObject({
      timesRequested: 20,
      reason: first?.approval.reason,
      status: 'pending',
    });
    expect(answers.map(({ approval }) => approval.timesRequested).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test('that differs in any field is another approval', async () => {
    const caller = await agent();
    const asked = [
      await ask({}, caller),
      await ask({ duration: 60_000 }, caller),
      await ask({ operation: 'list' }, caller),
      await ask({ resources: [`${DATABASE_URL}2`] }, caller),
      await ask(),
    ];
    expect(asked.map(({ repeated }) => repeated)).toEqual(Array(5).fill(false));
  });

  test('that is repeated after the first was settled is another approval', async () => {
    const caller = await agent();
    const { approval } = await ask({}, caller);
    await services.store.transaction((tx) => tx.approvals.settle(approval.id, alice));
    const again = await ask({}, caller);
    expect(again.repeated).toBe(false);
    expect(again.approval.id).not.toBe(approval.id);
  });

  test('that is repeated after the first expired is another approval, even before the sweeper ran', async () => {
    const caller = await agent();
    const first = await services.ask(caller);
    await services.database.dataSource.query(
      'update approval set expires_at = clock_timestamp() where id = $1',
      [first.id],
    );
    const second = await services.ask(caller);
    expect(second.id).not.toBe(first.id);
    expect(second).toMatchObject({ status: 'pending', timesRequested: 1 });
    expect(await services.store.approvals.find(first.id)).toMatchObject({ status: 'expired' });
    const { items } = await services.store.audit.list({ type: 'approval_expired' }, { limit: 1 });
    expect(items).toMatchObject([{ approval: first.id }]);
  });

  test('stays open for its time to live, by the database\u2019s clock', async () => {
    const { approval } = await ask({ ttl: 90_000 });
    const open = approval.expiresAt.getTime() - approval.createdAt.getTime();
    expect(Math.abs(open - 90_000)).toBeLessThan(1000);
  });
});

describe('a settlement', () => {
  test('happens once: of twenty from two processes, the first wins', async () => {
    const { approval } = await ask();
    const settled = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => {
        const { store } = turn % 2 ? services : other;
        const denied = { status: 'denied', by: alice.by, reason: 'no', sentBack: false } as const;
        return store.transaction((tx) =>
          tx.approvals.settle(approval.id, turn % 3 ? alice : denied),
        );
      }),
    );
    const [winner] = settled.filter((one) => one !== undefined);
    expect(settled.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await services.store.approvals.find(approval.id)).toEqual(winner);
  });

  test.each<[string, (by: Settlement['by']) => Settlement]>([
    [
      'approve',
      (by) => ({ status: 'approved', by, granted: 60_000, grantedResources: [DATABASE_URL] }),
    ],
    ['deny', (by) => ({ status: 'denied', by, reason: 'no', sentBack: false })],
    ['cancel', (by) => ({ status: 'cancelled', by })],
  ])('is too late to %s once its time is over, swept or not', async (_, settlement) => {
    const { approval } = await ask({ ttl: 1 });
    await pastOf(services, approval.expiresAt);
    const late = await services.store.transaction((tx) =>
      tx.approvals.settle(approval.id, settlement(alice.by)),
    );
    expect(late).toBeUndefined();
    expect(await services.store.approvals.find(approval.id)).toMatchObject({ status: 'expired' });
  });

  test('of an approval that does not exist does nothing', async () => {
    const settled = await services.store.transaction((tx) =>
      tx.approvals.settle(makeId('appr'), alice),
    );
    expect(settled).toBeUndefined();
  });
});

test('a transaction that waited for the row sees the settlement that was committed before', async () => {
  const { approval } = await ask();
  let waiting: Promise<unknown> = Promise.resolve();
  await services.store.transaction(async (tx) => {
    await tx.approvals.lock(approval.id);
    waiting = other.store.transaction((second) => second.approvals.lock(approval.id));
    await untilSomebodyWaits();
    await tx.approvals.settle(approval.id, alice);
  });
  expect(await waiting).toEqual(await services.store.approvals.find(approval.id));
  expect(await waiting).toMatchObject({ settledBy: { email: 'alice@example.com' } });
});

test('a double click counts once and is not refused', async () => {
  const { id } = await services.ask(await agent());
  const decider = await services.decider('alice@example.com');
  const click = () => services.useCases.decide(decider, { approval: id, verdict: 'approve' });
  const answers = await Promise.all([click(), click(), click(), click()]);
  expect(answers.map(unwrap).map(({ status }) => status)).toEqual(Array(4).fill('approved'));
});

test('a request past its end reads as expired at once, in every list and count, before the sweeper has run', async () => {
  const caller = await agent();
  const { approval } = await ask({ ttl: 1 }, caller);
  await pastOf(services, approval.expiresAt);
  const { store, useCases } = services;
  const principal = caller.principal.id;
  const listed = async (status: 'pending' | 'expired') =>
    (await store.approvals.list({ status, principal }, { limit: 9 })).items;
  expect(await listed('pending')).toEqual([]);
  expect(await listed('expired')).toMatchObject([
    { id: approval.id, status: 'expired', settledAt: approval.expiresAt },
  ]);
  expect(unwrap(await useCases.waitForDecision(caller, approval.id, { ms: 0 }))).toMatchObject({
    approval: { status: 'expired' },
  });
  const own = ownVisibility(false, [principal]);
  const since = new Date(0);
  expect(await store.metrics.access(own, { since })).toMatchObject({ pending: 0, expired: 1 });
  expect(
    await store.metrics.series(own, { metric: 'request_count', since }, 'outcome'),
  ).toMatchObject([{ name: 'expired', count: 1 }]);
});

describe('the sweeper', () => {
  test('expires each due approval once when two processes run it, and no other', async () => {
    const open = await ask();
    const due = await Promise.all(Array.from({ length: 30 }, () => ask({ ttl: 1 })));
    for (const { approval } of due) await pastOf(services, approval.expiresAt);
    const batches = await Promise.all(
      Array.from({ length: 12 }, (_, turn) =>
        (turn % 2 ? services : other).store.transaction((tx) => tx.approvals.expireDue(5)),
      ),
    );
    const left = await services.store.transaction((tx) => tx.approvals.expireDue(100));
    const handled = [...batches.flat(), ...left].map(({ id }) => id);
    expect(new Set(handled).size).toBe(handled.length);
    expect(handled).toEqual(expect.arrayContaining(due.map(({ approval }) => approval.id)));
    expect(handled).not.toContain(open.approval.id);
    for (const { status } of batches.flat()) expect(status).toBe('expired');
  });

  test('skips a locked approval instead of waiting for it', async () => {
    const { approval } = await ask({ ttl: 1 });
    await pastOf(services, approval.expiresAt);
    await services.store.transaction(async (tx) => {
      await tx.approvals.lock(approval.id);
      expect(await other.store.transaction((second) => second.approvals.expireDue(100))).toEqual(
        [],
      );
    });
    expect(await services.useCases.expireApprovals()).toBe(1);
    expect(await services.useCases.expireApprovals()).toBe(0);
  });
});

describe('votes', () => {
  const vote = (approval: `appr_${string}`) =>
    ({ approval, person: alice.by, verdict: 'approve', entryPoint: 'cli' }) as const;

  test('of one person count once', async () => {
    const { approval } = await ask();
    const cast = () => services.store.transaction((tx) => tx.approvals.addVote(vote(approval.id)));
    expect((await Promise.all([sqlState(cast()), sqlState(cast())])).sort()).toEqual([
      UNIQUE,
      'none',
    ]);
    expect(await services.store.approvals.votes(approval.id)).toMatchObject([vote(approval.id)]);
  });

  test('under an older version of the policy are void, and all approvers are asked again', async () => {
    await services.policy({
      approvers: ['alice@example.com', 'mallory@example.com'],
      minApprovals: 2,
    });
    const { id } = await services.ask(await agent());
    const decide = async (email: string) =>
      services.useCases.decide(await services.decider(email), { approval: id, verdict: 'approve' });
    unwrap(await decide('mallory@example.com'));
    await services.policy({
      approvers: ['alice@example.com', 'carol@example.com'],
      minApprovals: 2,
    });
    expect(refusalOf(await decide('alice@example.com'))).toBe('policy_changed');
    expect(unwrap(await decide('alice@example.com')).status).toBe('pending');
    expect(refusalOf(await decide('mallory@example.com'))).toBe('not_an_approver');
    expect(unwrap(await decide('carol@example.com')).status).toBe('approved');
  });

  test('must be cast again by the same people after the policy has changed', async () => {
    const approvers = ['alice@example.com', 'carol@example.com'];
    await services.policy({ approvers, minApprovals: 2 });
    const { id } = await services.ask(await agent());
    const decide = async (email: string) =>
      services.useCases.decide(await services.decider(email), { approval: id, verdict: 'approve' });
    unwrap(await decide('alice@example.com'));
    await services.policy({ approvers, minApprovals: 2, maxUses: 5 });
    expect(refusalOf(await decide('carol@example.com'))).toBe('policy_changed');
    expect(await services.store.approvals.votes(id)).toEqual([]);
    expect(unwrap(await decide('carol@example.com')).status).toBe('pending');
    expect(unwrap(await decide('alice@example.com')).status).toBe('approved');
  });

  test('of a person who was deactivated since do not count', async () => {
    await services.policy({
      approvers: ['alice@example.com', 'carol@example.com', 'dan@example.com'],
      minApprovals: 2,
    });
    const { id } = await services.ask(await agent());
    const decide = async (email: string) =>
      services.useCases.decide(await services.decider(email), { approval: id, verdict: 'approve' });
    unwrap(await decide('dan@example.com'));
    unwrap(
      await services.useCases.managePeople.set(services.admin, {
        email: 'dan@example.com',
        active: false,
      }),
    );
    expect(unwrap(await decide('alice@example.com')).status).toBe('pending');
    expect(unwrap(await decide('carol@example.com')).status).toBe('approved');
  });
});

async function untilSomebodyWaits(): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await services.database.dataSource.query(waiting)).length === 0);
}
