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
const contextOf = (approval: Approval) =>
  services.store.approvals.requestRecord(approval, approval.policy);
/** The signals that a card shows now. */
const kindsOf = async (approval: Approval) =>
  (await services.useCases.readCardFacts(approval.id))?.signals.map(({ kind }) => kind);

describe("a key's first request for a resource", () => {
  test('is marked as the first, and a second request with other terms is not', async () => {
    folder();
    const first = await ask(A);
    expect((await contextOf(first)).requestedBefore).toEqual([]);
    const longer = await ask(A, { duration: 2 * HOUR });
    expect((await contextOf(longer)).requestedBefore).toEqual([A]);
    expect((await contextOf(first)).requestedBefore).toEqual([]);
    expect(await kindsOf(first)).toContain('first_time');
    expect(await kindsOf(longer)).not.toContain('first_time');
  });

  test('is marked as the first, whatever other keys, operations and resources did before', async () => {
    const place = folder();
    await decide(await ask(A, {}, other), 'approve');
    await decide(await ask(A, { operation: 'write' }), 'deny');
    await decide(await ask(`${place}/B`), 'deny');
    await decide(await ask(`${place}/A.B`), 'deny');
    const { requestedBefore, lastDenied, approved } = await contextOf(await ask(A));
    expect([requestedBefore, lastDenied, approved]).toEqual([[], undefined, undefined]);
  });

  test('is no first request when a pattern over it was requested, but a pattern is when only a part was', async () => {
    const place = folder();
    const whole = await ask(`${place}/*`);
    expect(await kindsOf(await ask(A))).not.toContain('first_time');
    const wider = await ask(`${place}/**`);
    expect(await kindsOf(wider)).toContain('first_time');
    expect(await kindsOf(whole)).toContain('first_time');
  });
});

test('other requests of the last 24 hours are counted, the present one and its repetitions are not', async () => {
  folder();
  const { caller } = await services.agent('busy-agent');
  const mine = (duration: number) => ask(A, { duration }, caller);
  const old = await mine(HOUR);
  await sqlOn(services.database.dataSource)(
    `update approval set created_at = created_at - interval '25 hours' where id = $1`,
    [old.id],
  );
  const asked = await mine(2 * HOUR);
  await mine(2 * HOUR);
  expect(await contextOf(asked)).toMatchObject({ requestsInDay: 0, usualInDay: 1 });
  for (let minutes = 1; minutes <= 5; minutes += 1) await mine(minutes * MINUTE);
  expect(await contextOf(asked)).toMatchObject({ requestsInDay: 5, usualInDay: 1 });
  expect(await kindsOf(asked)).toContain('frequent');
});

test('an approval counts for later requests that it covers in full, with its time', async () => {
  const place = folder();
  const first = await decide(await ask(A), 'approve');
  const at = first.status === 'approved' ? first.settledAt : undefined;
  expect((await contextOf(await ask(A))).approved).toEqual({ times: 1, last: at });
  const two = { resources: [A, `${place}/B`], renew: true };
  expect((await contextOf(await services.ask(claude, two))).approved).toBeUndefined();
  expect((await contextOf(await ask(`${place}/*`))).approved).toBeUndefined();
});

test('what was sent back is no denial', async () => {
  folder();
  const alice = await services.decider('alice@example.com');
  const { id } = await ask(A);
  const back = { approval: id, verdict: 'deny', reason: 'Say more', sentBack: true } as const;
  expect(unwrap(await services.useCases.decide(alice, back))).toMatchObject({ sentBack: true });
  expect((await contextOf(await ask(A))).lastDenied).toBeUndefined();
});

test('a looser policy is noticed for a day, a new one only where a broader one decided before', async () => {
  const place = folder();
  await services.policy({ permissions: ['read'] }, `${place}/*`);
  const asked = await ask(A);
  expect(await kindsOf(asked)).toContain('loosened');
  await sqlOn(services.database.dataSource)(
    `update policy_change set at = at - interval '25 hours'`,
  );
  expect(await kindsOf(asked)).not.toContain('loosened');
  await services.policy({ maxDuration: 24 * HOUR }, `${place}/*`);
  expect((await services.useCases.readCardFacts(asked.id))?.signals).toContainEqual(
    expect.objectContaining({
      kind: 'loosened',
      parts: expect.arrayContaining([{ strong: 'Policy loosened' }]),
    }),
  );
});

test('active grants for other resources are counted, those for the requested ones are not', async () => {
  const place = folder();
  const { caller } = await services.agent('rich-agent');
  await decide(await ask(`${place}/B`, {}, caller), 'approve');
  await decide(await ask(A, {}, caller), 'approve');
  const { otherAccess } = await contextOf(await ask(A, {}, caller));
  expect(otherAccess).toEqual({ count: 1, until: expect.any(Date) });
});

test('a name that no secret has is shown with the closest one under the same policy', async () => {
  const place = folder();
  await services.secret('s3cret', `${place}/DATABASE_URL`);
  const asked = await ask(`${place}/DATABSE_URL`);
  const facts = await services.useCases.readCardFacts(asked.id);
  expect(facts?.signals.find(({ kind }) => kind === 'missing')?.parts).toContainEqual({
    name: `${place}/DATABASE_URL`,
  });
  expect(await kindsOf(await ask(`${place}/DATABASE_URL`))).not.toContain('missing');
});

test('a pattern counts the secrets that its grant would reach, not those of a narrower policy', async () => {
  const place = folder();
  for (const name of ['A', 'B', 'C/D']) await services.secret('s3cret', `${place}/${name}`);
  await services.policy({}, `${place}/B`);
  const asked = await ask(`${place}/*`);
  const facts = await services.useCases.readCardFacts(asked.id);
  expect(facts?.signals.find(({ kind }) => kind === 'pattern')?.parts[0]).toEqual({
    strong: 'Pattern: 1 secret now',
  });
});

test('the signals of a decided request stay as its approver saw them', async () => {
  folder();
  await services.secret('s3cret', A);
  const asked = await ask(A);
  const shown = (await services.useCases.readCardFacts(asked.id))?.signals;
  await decide(asked, 'approve');
  await services.useCases.readCardFacts((await ask(A, { duration: 2 * HOUR })).id);
  const frozen = await services.useCases.readCardFacts(asked.id);
  expect(frozen?.signals).toEqual(shown);
  expect(shown?.map(({ kind }) => kind)).toContain('first_time');
});

test('a record that cannot be read in time does not hold up the card, which says so', async () => {
  folder();
  const slow = await buildServices({
    database: { ...services.database, close: async () => {} },
    change: (parts) => ({
      ...parts,
      store: {
        ...parts.store,
        approvals: { ...parts.store.approvals, requestRecord: () => new Promise(() => {}) },
      },
    }),
    masterKey: services.masterKeyText,
  });
  const asked = await ask(A);
  const facts = await slow.useCases.readCardFacts(asked.id);
  expect(facts?.signals.map(({ kind }) => kind)).toEqual(['missing', 'unchecked']);
  await slow.listener.stop();
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
