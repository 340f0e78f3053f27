/** The facts on record about earlier requests like this one, which help an approver to decide. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices, type Services, unwrap } from '../support/services.js';

let services: Services;
let claude: Awaited<ReturnType<Services['agent']>>['caller'];
let other: Awaited<ReturnType<Services['agent']>>['caller'];
let round = 0;
let A = '';

beforeAll(async () => {
  services = await buildServices();
  await services.policy({ permissions: ['read', 'write'] }, 'vsecure://secrets/**');
  claude = (await services.agent()).caller;
  other = (await services.agent('other-agent')).caller;
});
afterAll(() => services.close());

/** Each test uses its own folder. */
const folder = () => {
  round += 1;
  A = `vsecure://secrets/f${round}/A`;
  return `vsecure://secrets/f${round}`;
};
const ask = (resource: string, more: object = {}, caller = claude) =>
  services.ask(caller, { resources: [resource], renew: true, ...more });
const decide = async (approval: Approval, verdict: 'approve' | 'deny') => {
  const alice = await services.decider('alice@example.com');
  return unwrap(
    await services.useCases.decide(alice, {
      approval: approval.id,
      verdict,
      reason: 'as it should be',
    }),
  );
};
const contextOf = (approval: Approval) => services.store.approvals.requesterHistory(approval);
const NOTHING = { firstTime: true, requestsInLastDay: 1 };

describe("a key's first request for a resource", () => {
  test('is marked as the first, and a second request with other terms is not', async () => {
    folder();
    const first = await ask(A);
    expect(await contextOf(first)).toEqual(NOTHING);
    const longer = await ask(A, { duration: 2 * HOUR });
    expect(await contextOf(longer)).toEqual({ firstTime: false, requestsInLastDay: 2 });
    expect(await contextOf(first)).toEqual(NOTHING);
  });

  test('is marked as the first, whatever other keys, operations and resources did before', async () => {
    const place = folder();
    await decide(await ask(A, {}, other), 'approve');
    await decide(await ask(A, { operation: 'write' }), 'deny');
    await decide(await ask(`${place}/B`), 'deny');
    await decide(await ask(`${place}/A.B`), 'deny');
    expect(await contextOf(await ask(A))).toEqual(NOTHING);
  });
});

test('the requests of the last 24 hours are counted with their repetitions; older ones are not', async () => {
  folder();
  const old = await ask(A);
  await sqlOn(services.database.dataSource)(
    `update approval set created_at = created_at - interval '25 hours' where id = $1`,
    [old.id],
  );
  await ask(A, { duration: 30 * MINUTE });
  const asked = await ask(A, { duration: 2 * HOUR });
  await ask(A, { duration: 2 * HOUR });
  const again = await services.store.approvals.find(asked.id);
  expect(again?.timesRequested).toBe(2);
  expect(again && (await contextOf(again))).toEqual({ firstTime: false, requestsInLastDay: 3 });
});

test('the last approval names the person who approved it and how often its grant was used', async () => {
  folder();
  await services.secret('s3cret', A);
  await decide(await ask(A), 'approve');
  for (let use = 0; use < 3; use += 1)
    unwrap(await services.useCases.readSecret(claude, { resource: A }));
  const { lastApproved, lastDenied } = await contextOf(await ask(A));
  expect(lastApproved).toEqual({ at: expect.any(Date), by: 'alice@example.com', uses: 3 });
  expect(lastDenied).toBeUndefined();
});

test('an auto-approval names no person', async () => {
  const place = folder();
  await services.policy({ autoApprove: { enabled: true, conditions: {} } }, `${place}/*`);
  await ask(A);
  await services.policy({ autoApprove: { enabled: false, conditions: {} } }, `${place}/*`);
  expect((await contextOf(await ask(A))).lastApproved).toEqual({ at: expect.any(Date), uses: 0 });
});

test.each([
  ['a pattern that covers what was denied', '*'],
  ['a pattern of any depth over it', '**'],
])('%s, and a part of a pattern that was, know of the denial', async (_, star) => {
  const place = folder();
  const part = await decide(await ask(A), 'deny');
  const whole = await ask(`${place}/${star}`);
  expect((await contextOf(whole)).lastDenied).toEqual({
    at: part.status === 'denied' ? part.settledAt : undefined,
    by: 'alice@example.com',
  });
  await decide(whole, 'deny');
  expect((await contextOf(await ask(`${place}/NEW`))).lastDenied?.by).toBe('alice@example.com');
});

test('a request for twenty names of eight segments, whose patterns nobody could list, knows of a denied pattern', async () => {
  const place = `${folder()}/b/c/d/e/f`;
  await decide(await ask(`${place}/*`, {}, other), 'deny');
  const denied = await decide(await ask(`${place}/**`), 'deny');
  const resources = Array.from({ length: 20 }, (_, one) => `${place}/KEY_${one}`);
  const asked = await services.ask(claude, { resources });
  expect((await contextOf(asked)).lastDenied?.at).toEqual(
    denied.status === 'denied' ? denied.settledAt : undefined,
  );
  const past = await services.store.approvals.pastRequests(asked, 10);
  expect(past.map(({ requester }) => requester)).toEqual(['claude-desktop', 'other-agent']);
});

test('the history of a resource lists the requests of all keys, newest first', async () => {
  const place = folder();
  await decide(await ask(A, {}, other), 'deny');
  await decide(await ask(`${place}/*`, { operation: 'write' }), 'approve');
  await ask(`${place}/B`);
  const asked = await ask(A);
  const past = await services.store.approvals.pastRequests(asked, 10);
  expect(
    past.map(({ requester, operation, status, settledBy, uses }) => [
      requester,
      operation,
      status,
      settledBy,
      uses,
    ]),
  ).toEqual([
    ['claude-desktop', 'write', 'approved', 'alice@example.com', 0],
    ['other-agent', 'read', 'denied', 'alice@example.com', undefined],
  ]);
  expect(await services.store.approvals.pastRequests(asked, 1)).toHaveLength(1);
});
