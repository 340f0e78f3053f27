/** Requests and decisions that arrive together share a commit, and each is judged and answered as if it were alone. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import type { Caller } from '../../src/domain/rights.js';
import { withinRequest } from '../../src/main/request-context.js';
import type { Store } from '../../src/ports/index.js';
import { sqlIn, sqlOn } from '../../src/store/sql.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, REASON, type Services, unwrap } from '../support/services.js';
import { statementsOf } from '../support/statements.js';

const LIMITS = { maxPending: 5 };

let services: Services;
let agents: Caller[];
beforeAll(async () => {
  services = await buildServices({ limits: LIMITS });
  await services.policy();
  agents = [];
  for (let n = 0; n < 12; n += 1) agents.push((await services.agent(`together-${n}`)).caller);
});
afterAll(async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

let next = 0;
const fresh = () => `vsecure://secrets/production/KEY_${next++}`;
const ask = (caller: Caller, resource = fresh(), { useCases } = services) =>
  useCases.requestAccess(caller, { resources: [resource], operation: 'read', reason: REASON });
const sql = (text: string) => sqlOn(services.database.dataSource)<Record<string, unknown>>(text);
const withdrawAll = async () => {
  const pending = await services.store.approvals.open();
  for (const { id } of pending) {
    const approval = await services.store.approvals.find(id);
    const caller = agents.find(({ principal }) => principal.id === approval?.principal);
    if (caller) unwrap(await services.useCases.cancelRequest(caller, id));
  }
};

describe('requests and decisions that arrive together', () => {
  test('share commits, and each gets its own answer', async () => {
    let asked: Awaited<ReturnType<typeof ask>>[] = [];
    const resources = agents.map(fresh);
    const { statements } = await statementsOf(async () => {
      asked = await Promise.all(agents.map((caller, n) => ask(caller, resources[n])));
    });
    const approvals = asked.map((one) => unwrap(one).approval);
    expect(approvals.map(({ resources: [one] }) => one)).toEqual(resources);
    expect(approvals.map(({ principal }) => principal)).toEqual(agents.map((a) => a.principal.id));
    expect(statements.filter((text) => text === 'commit').length).toBeLessThan(4);

    const alice = await services.decider('alice@example.com');
    const decided = await statementsOf(async () => {
      const decisions = approvals.map(({ id }, n) =>
        services.useCases.decide(alice, {
          approval: id,
          verdict: n % 2 === 0 ? 'approve' : 'deny',
          reason: `reason ${n}`,
        }),
      );
      const settled = (await Promise.all(decisions)).map(unwrap);
      expect(settled.map(({ id }) => id)).toEqual(approvals.map(({ id }) => id));
      expect(settled.map(({ status }) => status)).toEqual(
        approvals.map((_, n) => (n % 2 === 0 ? 'approved' : 'denied')),
      );
    });
    expect(decided.statements.filter((text) => text === 'commit').length).toBeLessThan(4);
  });

  test('are recorded with the HTTP request that each came with', async () => {
    const requests = agents.map((_, n) => `00000000-0000-4000-8000-0000000000${10 + n}`);
    const asked = await Promise.all(
      agents.map((caller, n) =>
        withinRequest({ request: requests[n] ?? '', traceparent: undefined }, () => ask(caller)),
      ),
    );
    expect(asked.map((one) => unwrap(one).approval.request)).toEqual(requests);
    await withdrawAll();
  });

  test('one that fails fails no others', async () => {
    await sql(`create function refuse_row() returns trigger language plpgsql as $$ begin
      if new.resources[1] like '%/BROKEN' then raise exception 'broken'; end if; return new; end $$`);
    await sql(
      'create trigger breaks before insert on approval for each row execute function refuse_row()',
    );
    const answers = await Promise.allSettled(
      agents.map((caller, n) =>
        ask(caller, n === 3 ? 'vsecure://secrets/production/BROKEN' : fresh()),
      ),
    );
    await sql('drop trigger breaks on approval');
    expect(answers.map(({ status }) => status)).toEqual(
      agents.map((_, n) => (n === 3 ? 'rejected' : 'fulfilled')),
    );
    await withdrawAll();
  });

  test('one that must wait for a lock delays no others', async () => {
    const [held, ...others] = agents;
    if (!held) throw new Error('there is no agent');
    let waiting: Promise<unknown> = Promise.resolve();
    let answered = false;
    await services.database.dataSource.transaction(async (manager) => {
      await sqlIn(manager)('select 1 from principal where id = $1 for update', [held.principal.id]);
      waiting = ask(held).then(() => {
        answered = true;
      });
      const all = await Promise.all(others.map((caller) => ask(caller)));
      expect(all.every(({ ok }) => ok)).toBe(true);
      expect(answered).toBe(false);
    });
    await waiting;
    expect(answered).toBe(true);
    await withdrawAll();
  });

  test('of one key that wait for a lock are all answered, also those that no group had room for', async () => {
    const [held] = agents;
    if (!held) throw new Error('there is no agent');
    let waiting: Promise<unknown> = Promise.resolve();
    await services.database.dataSource.transaction(async (manager) => {
      await sqlIn(manager)('select 1 from principal where id = $1 for update', [held.principal.id]);
      waiting = Promise.all(Array.from({ length: 100 }, () => ask(held)));
      // Longer than a group may keep others waiting.
      await sleep(600);
    });
    await waiting;
    await withdrawAll();
  });

  test('of one key count against its limit, and equal ones become one request', async () => {
    const [agent] = agents;
    if (!agent) throw new Error('there is no agent');
    const same = fresh();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask(agent, n % 2 === 0 ? same : fresh())),
    );
    expect(await pendingOf(agent)).toBe(5);
    expect(answers.filter((one) => !one.ok)).toHaveLength(6);
    const repeated = answers.filter((_, n) => n % 2 === 0).map((one) => unwrap(one).approval);
    expect(new Set(repeated.map(({ id }) => id)).size).toBe(1);
    expect(Math.max(...repeated.map(({ timesRequested }) => timesRequested))).toBe(10);
    await withdrawAll();
  });
});

const pendingOf = async ({ principal }: Caller) =>
  (
    await sql(
      `select 1 from approval where principal_id = '${principal.id}' and status = 'pending'`,
    )
  ).length;

describe('a store that judges two requests of one key beside each other', () => {
  const withoutRounds = (store: Store): Store => ({
    ...store,
    transaction: (work, together) =>
      store.transaction(work, together && { ...together, of: makeId('appr') }),
  });

  test('lets a key exceed its limit, so the check above fails on it', async () => {
    const mutant = await buildServices({
      limits: LIMITS,
      change: (parts) => ({ ...parts, store: withoutRounds(parts.store) }),
    });
    await mutant.policy();
    const { caller } = await mutant.agent('mutant');
    await Promise.allSettled(Array.from({ length: 20 }, () => ask(caller, fresh(), mutant)));
    const pending = await sqlOn(mutant.database.dataSource)(
      `select 1 from approval where status = 'pending'`,
    );
    expect(pending.length).toBeGreaterThan(5);
    await mutant.close();
  });
});
