/** One key that floods the audit trail and searches it does not stop the process for others. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyActor } from '../../src/domain/audit-event.js';
import { coveringPatterns } from '../../src/domain/pattern.js';
import type { Caller } from '../../src/domain/rights.js';
import {
  createRequestAccess,
  type RequestAccess,
} from '../../src/usecases/approvals/request-access.js';
import { createIdempotent } from '../../src/usecases/idempotent.js';
import { type Serving, startServing } from '../http/serving.js';
import { buildServices, REASON, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';

/** Eight long segments: 511 patterns cover one such name. */
const name = (n: number) =>
  `vsecure://secrets/zz/${Array.from({ length: 7 }, (_, place) => `${'x'.repeat(50)}${place}`).join('/')}${n}`;
const TWENTY = Array.from({ length: 20 }, (_, n) => name(n));

let services: Services;
let serving: Serving;
let flooding: Awaited<ReturnType<Services['agent']>>;
beforeAll(async () => {
  services = await buildServices({ limits: { maxPending: 1 } });
  serving = await startServing(services);
  await services.policy({}, 'vsecure://secrets/zz/**');
  flooding = await services.agent('flooding');
});
afterAll(async () => {
  await serving.close();
  await services.close();
});

/** The most CPU time, in milliseconds, that passed in one turn of the event loop. Time in which other programs had the CPU does not count. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let before = process.cpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.cpuUsage();
  }, 1);
  await work();
  clearInterval(timer);
  return longest;
}

const refusals = async () =>
  (await services.store.audit.list({ type: 'access_refused' }, { limit: 200 })).items;

test('40 requests over a limit leave one event with their number and one resource', async () => {
  await services.ask(flooding.caller, { resources: TWENTY, duration: 60_000 });
  for (let n = 0; n < 40; n += 1) {
    const over = await services.useCases.requestAccess(flooding.caller, {
      resources: TWENTY,
      operation: 'read',
      reason: REASON,
      duration: 600_000,
    });
    expect(over).toMatchObject({ ok: false, refusal: { code: 'too_many_pending' } });
  }
  expect(await refusals()).toMatchObject([
    { refusal: 'too_many_pending', resources: [TWENTY[0]], details: { count: 1 } },
  ]);
  // The job records the others a minute later.
  expect(await services.useCases.recordLimitRefusals()).toBe(0);
  await services.database.dataSource.query(
    `update principal set limit_refused_at = limit_refused_at - interval '1 minute'`,
  );
  const jobs = [1, 2, 3].map(() => services.useCases.recordLimitRefusals());
  expect((await Promise.all(jobs)).sort()).toEqual([0, 0, 1]);
  expect(await refusals()).toMatchObject([
    {
      actor: { kind: 'key', id: flooding.caller.principal.id, name: 'flooding' },
      principal: flooding.caller.principal.id,
      operation: 'read',
      refusal: 'too_many_pending',
      resources: [TWENTY[0]],
      details: { count: 39 },
    },
    { details: { count: 1 } },
  ]);
});

test('a refused request for twenty names leaves three of them and their number', async () => {
  const { caller } = await services.agent('refused');
  const ask = (resources: readonly string[]) =>
    services.useCases.requestAccess(caller, { resources, operation: 'delete', reason: REASON });
  expect(await ask(TWENTY)).toMatchObject({ refusal: { code: 'not_permitted' } });
  expect(await ask(TWENTY.slice(0, 2))).toMatchObject({ refusal: { code: 'not_permitted' } });
  const [few, many] = await refusals();
  const sorted = [...TWENTY].sort();
  expect(many).toMatchObject({ resources: sorted.slice(0, 3), details: { requested: 20 } });
  expect(few?.resources).toEqual(TWENTY.slice(0, 2).sort());
  expect(few?.details).toBeUndefined();
});

/** Twenty names that no request named before, with a second folder for each `round`. */
const further = (round: number) => TWENTY.map((one) => one.replace('/zz/', `/zz/${round}`));

test('no request for twenty long names holds the event loop for 50 ms, however it ends', async () => {
  const { caller } = await services.agent('asking');
  await services.policy({}, 'vsecure://secrets/zz/*/**');
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/zz/open/**');
  // What approvers denied before: the most that is compared with a request.
  const denied = await services.ask(caller, { resources: further(0) });
  const alice = await services.decider('alice@example.com');
  const decision = { approval: denied.id, verdict: 'deny', reason: 'no' } as const;
  unwrap(await services.useCases.decide(alice, decision));
  await services.database.dataSource.query(
    `insert into approval (id, principal_id, policy_id, policy_version, operation, resources, reason, duration_ms, digest, status,
       expires_at, settled_at, settled_by, decision_reason)
     select 'appr_' || lpad(n::text, 22, '0'), principal_id, policy_id, policy_version, operation, resources, reason, duration_ms,
       digest, status, clock_timestamp() + interval '1 hour', settled_at, settled_by, decision_reason
     from approval, generate_series(1, 100) n where id = $1`,
    [denied.id],
  );
  const ask = (resources: readonly string[], more: object = {}) =>
    services.useCases.requestAccess(caller, {
      resources,
      operation: 'read',
      reason: REASON,
      ...more,
    });
  const nowhere = TWENTY.map((one) => one.replace('/zz/', '/nowhere/'));
  const wide = Array.from({ length: 20 }, (_, n) => `vsecure://secrets/zz/*/*/*/*/*/*/${n}`);
  const read = (resource: string) => services.useCases.readSecret(caller, { resource });
  const rounds: number[] = [];
  for (let round = 1; round <= 6; round += 1)
    rounds.push(
      await longestTurn(async () => {
        const asked = unwrap(await ask(further(round)));
        await services.useCases.readCardFacts(asked.approval.id);
        expect(await ask(nowhere)).toMatchObject({ refusal: { code: 'no_policy' } });
        expect(await ask(wide)).toMatchObject({ refusal: { code: 'too_many_pending' } });
        expect(await ask(further(round), { reason: '' })).toMatchObject({
          refusal: { code: 'reason_missing' },
        });
        const open = further(round).map((one) => one.replace(/zz.[^/]*/, 'zz/open'));
        unwrap(await ask(open));
        unwrap(await ask(open));
        await Promise.all(further(round).map(read));
        unwrap(await services.useCases.cancelRequest(caller, asked.approval.id));
      }),
    );
  expect(Math.min(...rounds)).toBeLessThan(50);
});

test('a pending request that is repeated 25 times is recorded ten times, and the card counts all of them', async () => {
  const { caller } = await services.agent('repeating');
  const repeat = () => services.ask(caller, { resources: TWENTY, duration: 120_000 });
  for (let n = 0; n < 25; n += 1) await repeat();
  expect((await repeat()).timesRequested).toBe(26);
  const { items } = await services.store.audit.list({ actor: 'repeating' }, { limit: 200 });
  expect(items.map(({ details }) => details?.['asked'])).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

describe('a key that a policy grants everything at once', () => {
  const ask = (requestAccess: RequestAccess, caller: Caller, round: number) =>
    requestAccess(caller, {
      resources: TWENTY.map((one) => one.replace('/zz/', `/all/${round}`)),
      operation: 'read',
      reason: REASON,
      renew: true,
    });

  test('gets 2,000 resources within an hour, even when it releases them, and another key is not held back', async () => {
    await services.policy({ requiresApproval: false }, 'vsecure://secrets/all/**');
    const { requestAccess, releaseGrant, listSecrets } = services.useCases;
    const greedy = await services.agent('greedy');
    const { caller } = greedy;
    for (let round = 0; round < 100; round += 1) {
      const { grant } = unwrap(await ask(requestAccess, caller, round));
      if (round % 2 === 0) unwrap(await releaseGrant(caller, grant?.id ?? 'grnt_'));
    }
    const over = await ask(requestAccess, caller, 100);
    expect(over).toMatchObject({ refusal: { code: 'too_many_requests', maximum: 2000 } });
    const { caller: other } = await services.agent('modest');
    unwrap(await ask(requestAccess, other, 0));

    const paths = Array.from({ length: 100 }, (_, n) => `vsecure://secrets/all/folder/S${n}`);
    for (const path of paths) await services.secret('x', path);
    const list = () => listSecrets(caller, { limit: 200 });
    const turns = [await longestTurn(list), await longestTurn(list), await longestTurn(list)];
    expect(Math.min(...turns)).toBeLessThan(50);

    const { token } = greedy;
    // The client of this test parses the answers in the same process.
    const pages = ['/grants?limit=200', '/approvals?limit=200'].map(
      (page) => () => serving.api('GET', page, { token }),
    );
    for (const page of pages) {
      const turns = [await longestTurn(page), await longestTurn(page), await longestTurn(page)];
      expect(Math.min(...turns)).toBeLessThan(50);
    }

    const unlimited = createRequestAccess({
      ...services,
      idempotent: createIdempotent(services.fingerprint),
      store: {
        ...services.store,
        transaction: (work) =>
          services.store.transaction((tx) =>
            work({
              ...tx,
              approvals: {
                ...tx.approvals,
                requestState: async (...asked) => ({
                  ...(await tx.approvals.requestState(...asked)),
                  automatic: { resources: 0, retryAfter: 0 },
                }),
              },
            }),
          ),
      },
    });
    unwrap(await ask(unlimited, caller, 100));
  });
});

describe('a set of policies never holds the event loop for 50 ms', () => {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));
  /** Twenty windows, each in another zone than those of another `round`. */
  const windows = (round: number) =>
    Array.from({ length: 20 }, (_, n) => {
      const zone = zones[(round * 20 + n) % zones.length] ?? 'Europe/Berlin';
      return `0${n % 10}:00-1${n % 10}:00 ${n % 2 === 0 ? zone : zone.toUpperCase()}`;
    });
  const timed = (count: number, round: number, timeWindow: (n: number) => readonly string[]) =>
    Array.from({ length: count }, (_, n) => ({
      uri: `vsecure://secrets/timed/P${n}`,
      autoApprove: { enabled: true, conditions: { timeWindow: timeWindow(n + round) } },
    }));
  const put = async (policies: readonly object[], more: object = {}) => {
    const body = { policies, ...more };
    const token = services.adminToken;
    const answer = await serving.api('PUT', '/policies', { token, body });
    return answer.status;
  };

  test.each<[string, readonly object[], number]>([
    [
      'with every pattern that covers a deep name',
      coveringPatterns('vsecure://secrets/a/b/c/d/e/f/g').map((uri) => ({ uri })),
      200,
    ],
    ['with a thousand patterns', timed(1_000, 0, () => []), 200],
    [
      'with a thousand mistakes',
      Array.from({ length: 1_000 }, (_, n) => ({ uri: `x${n}`, approvers: [1, 2, 3], zz: 1 })),
      400,
    ],
    ['with time windows in all zones', timed(200, 0, windows), 200],
    [
      'with time windows in zones that do not exist',
      timed(200, 0, (n) => windows(n).map((one) => `${one}x`)),
      400,
    ],
  ])('%s', async (_, policies, status) => {
    const turns: number[] = [];
    for (let round = 0; round < 3; round += 1)
      turns.push(
        await longestTurn(async () => {
          expect(await put(policies, { dryRun: true })).toBe(status);
        }),
      );
    expect(Math.min(...turns)).toBeLessThan(50);
  });

  test('that changes twenty time windows of each policy', async () => {
    const daily = (start: number) => (n: number) =>
      Array.from(
        { length: 20 },
        (_, place) => `0${start}:00-1${(place + n) % 10}:00 Europe/Berlin`,
      );
    expect(await put(timed(40, 0, daily(1)))).toBe(200);
    const turns: number[] = [];
    for (const start of [2, 3, 4])
      turns.push(
        await longestTurn(async () => {
          expect(await put(timed(40, 0, daily(start)), { dryRun: true })).toBe(200);
        }),
      );
    expect(Math.min(...turns)).toBeLessThan(50);
  });
});

test('six searches at a time by pattern never hold the event loop for 50 ms', async () => {
  // As earlier releases recorded them: twenty names in every refusal.
  const { caller, token } = flooding;
  for (let one = 0; one < 3; one += 1)
    await services.store.transaction(async (tx) => {
      for (let n = 0; n < 1000; n += 1)
        tx.record({
          type: 'access_refused',
          actor: keyActor(caller),
          principal: caller.principal.id,
          resources: TWENTY,
          refusal: 'too_many_pending',
        });
    });
  const alice = await services.human('alice@example.com');
  const bob = await services.agent('reading');
  const search = async (path: string, by: string) =>
    expect((await serving.api('GET', path, { token: by })).status).toBe(200);
  const pattern = encodeURIComponent('vsecure://secrets/zz/*/none/**');
  const attack = () =>
    longestTurn(() =>
      Promise.all([
        ...Array.from({ length: 6 }, () => search(`/audit?resource=${pattern}`, token)),
        search(`/audit/counts?type=access_refused&resource=${pattern}`, token),
        search(`/audit?resource=${pattern}`, alice.token),
        search(`/audit/counts?type=access_refused&resource=${pattern}`, alice.token),
        search('/approvals', bob.token),
      ]),
    );
  // A collection of garbage may lengthen a turn of one round. A call that holds the loop lengthens one in every round.
  const rounds: number[] = [];
  for (let round = 0; round < 6; round += 1) rounds.push(await attack());
  expect(Math.min(...rounds)).toBeLessThan(50);
});

test('a key sees what it did and how its requests ended, without the names of people', async () => {
  const { caller, token } = await services.agent('watching');
  await services.policy({ approvers: ['alice@example.com'] }, 'vsecure://secrets/w/*');
  const { id } = await services.ask(caller, { resources: ['vsecure://secrets/w/K'] });
  const alice = await services.decider('alice@example.com');
  const decision = { approval: id, verdict: 'deny', reason: 'not today' } as const;
  unwrap(await services.useCases.decide(alice, decision));
  const { json, text } = await serving.api('GET', '/audit', { token });
  expect(json).toMatchObject({
    items: [
      {
        type: 'approval_decided',
        actor: { kind: 'person', id: 'person', name: 'a person' },
        reason: 'not today',
        details: { outcome: 'denied' },
      },
      { type: 'approval_requested', actor: { kind: 'key', name: 'watching' } },
    ],
  });
  expect(text).not.toMatch(/alice|vote_cast/);
  expect(text).not.toContain(alice.person.id);
  const byName = await serving.api('GET', '/audit?actor=alice@example.com', { token });
  expect(byName.json).toEqual({ items: [] });
});

test('grouped counts contain what the list of events contains, for a key and for an approver', async () => {
  await services.policy(
    { requiresApproval: false, approvers: ['dora@example.com'] },
    'vsecure://secrets/counted/*',
  );
  const resource = 'vsecure://secrets/counted/K';
  await services.secret('value', resource);
  const reader = await services.agent('counted');
  const { id } = await services.ask(reader.caller, { resources: [resource] });
  expect(id).toMatch(/^appr_/);
  unwrap(await services.useCases.readSecret(reader.caller, { resource }));
  const dora = await services.human('dora@example.com');
  const counts = async (token: string, query: string) =>
    (await serving.api('GET', `/audit/counts?resource=${resource}${query}`, { token })).json;
  expect(await counts(reader.token, '')).toEqual({ items: [{ resource, count: 1 }] });
  expect(await counts(dora.token, '')).toEqual({ items: [{ resource, count: 2 }] });
  expect(await counts(dora.token, '&type=access_granted')).toEqual({
    items: [{ resource, count: 1 }],
  });
  const stranger = await services.human('erin@example.com');
  expect(await counts(stranger.token, '')).toEqual({ items: [] });
});

test('of a hundred waits of one key for one request, twenty wait and the others are answered at once', async () => {
  await services.policy({ approvers: ['alice@example.com'] }, 'vsecure://secrets/w/*');
  const { caller } = await services.agent('impatient');
  const { id } = await services.ask(caller, { resources: ['vsecure://secrets/w/PATIENCE'] });
  let ended = 0;
  const waits = Array.from({ length: 100 }, async () => {
    const found = unwrap(await services.useCases.waitForDecision(caller, id, { ms: 60_000 }));
    ended += 1;
    return found.approval.status;
  });
  await until('80 answers', () => ended === 80);
  const alice = await services.decider('alice@example.com');
  const denial = { approval: id, verdict: 'deny', reason: 'not today' } as const;
  unwrap(await services.useCases.decide(alice, denial));
  const statuses = await Promise.all(waits);
  expect(statuses.filter((status) => status === 'denied')).toHaveLength(20);
});
