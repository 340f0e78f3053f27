/** What asking leads to: an approval, the one that is there already, a grant at once, or a refusal that says what to do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import type { RefusalCode } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import type { AccessRequest } from '../../src/usecases/approvals/request-access.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, DATABASE_URL, REASON, type Services, unwrap } from '../support/services.js';
import { expectRefusal, refusalsDuring } from './expect-refusal.js';
import { approvedGrant } from './short-grants.js';

const STAGING = 'vsecure://secrets/staging/API_KEY';
const ORPHAN = 'vsecure://secrets/orphan/KEY';

let services: Services;
let agent: Caller;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({}, 'vsecure://secrets/staging/*');
  await services.policy({ approvers: [] }, 'vsecure://secrets/orphan/*');
  agent = (await services.agent()).caller;
});
afterAll(() => services.close());

const request = (ask: Partial<AccessRequest> = {}, caller = agent) =>
  services.useCases.requestAccess(caller, {
    resources: [DATABASE_URL],
    operation: 'read',
    reason: REASON,
    ...ask,
  });

const approvals = async () =>
  (await sqlOn(services.database.dataSource)('select 1 from approval')).length;

interface Refused {
  readonly what: string;
  readonly ask: Partial<AccessRequest>;
  readonly code: RefusalCode;
  readonly words: RegExp;
}

const REFUSED: readonly Refused[] = [
  {
    what: 'what no policy covers',
    ask: { resources: ['vsecure://secrets/nowhere/KEY'] },
    code: 'no_policy',
    words: /No policy covers this/,
  },
  {
    what: 'an operation that the policy does not permit',
    ask: { operation: 'write' },
    code: 'not_permitted',
    words: /does not permit the operation "write"/,
  },
  {
    what: 'resources under several policies at once',
    ask: { resources: [STAGING, DATABASE_URL] },
    code: 'mixed_policies',
    words: new RegExp(`Send one request for each group: ${DATABASE_URL} \\| ${STAGING}`),
  },
  {
    what: 'a resource without any approver',
    ask: { resources: [ORPHAN] },
    code: 'approvers_missing',
    words: /has no approver for this request/,
  },
  {
    what: 'anything without a reason',
    ask: { reason: ' \n ' },
    code: 'reason_missing',
    words: /at least 10 characters/,
  },
  {
    what: 'anything with a short reason',
    ask: { reason: 'debugging' },
    code: 'reason_too_short',
    words: /too short/,
  },
  {
    what: 'anything with a reason that says nothing',
    ask: { reason: '.............. a' },
    code: 'reason_too_short',
    words: /mostly letters or digits/,
  },
  {
    what: 'more time than the policy allows',
    ask: { duration: 8 * HOUR + 1 },
    code: 'duration_too_long',
    words: /at most 8h/,
  },
  {
    what: 'next to no time',
    ask: { duration: MINUTE - 1 },
    code: 'invalid_duration',
    words: /at least 1m/,
  },
  {
    what: 'a resource that is none',
    ask: { resources: ['vsecure://secrets/../KEY'] },
    code: 'invalid_resource',
    words: /Not a valid resource/,
  },
  { what: 'nothing', ask: { resources: [] }, code: 'invalid_input', words: /1 to 20 resources/ },
];

describe('a refused request is explained, recorded once, and creates no approval', () => {
  test.each(REFUSED)('a request is refused for: $what', async ({ ask, code, words }) => {
    const before = await approvals();
    const events = await refusalsDuring(services, 'access_refused', async () => {
      expectRefusal(await request(ask), code, words);
    });
    expect(events).toEqual([{ refusal: code, actor: 'claude-desktop', approval: null }]);
    expect(await approvals()).toBe(before);
  });

  test('a request under several policies is refused with the groups to request separately', async () => {
    expect(await request({ resources: [STAGING, DATABASE_URL] })).toMatchObject({
      refusal: { groups: [[DATABASE_URL], [STAGING]] },
    });
  });
});

describe('a repeated request', () => {
  test('a repeated request returns the same pending approval, keeps the first reason, and counts the repetitions', async () => {
    const first = await services.ask(agent, { reason: 'the first reason that was given' });
    const again = await services.ask(agent, { reason: 'another reason, given later' });
    expect(again).toMatchObject({ id: first.id, timesRequested: 2, reason: first.reason });
    const longer = await services.ask(agent, { duration: 2 * HOUR });
    expect(longer.id).not.toBe(first.id);
  });

  test('a longer reason is added to the first while the request is pending, also to what approvers read', async () => {
    const first = await services.ask(agent, { reason: 'database fails', duration: 3 * HOUR });
    const again = (reason: string) => services.ask(agent, { reason, duration: 3 * HOUR });
    const longer = 'The database of production fails since 09:00; I compare its settings';
    expect(await again(longer)).toMatchObject({
      id: first.id,
      reason: first.reason,
      updatedReason: longer,
    });
    expect(await again('shorter again')).toMatchObject({ updatedReason: longer });
    const third = `${longer}\u001e and its users`;
    expect(await again(third)).toMatchObject({
      reason: first.reason,
      updatedReason: `${longer}\uFFFD and its users`,
    });
    expect(await again('x'.repeat(2000))).toMatchObject({
      updatedReason: `${longer}\uFFFD and its users`,
      timesRequested: 5,
    });
    const facts = await services.useCases.readCardFacts(first.id);
    expect(facts?.approval.updatedReason).toContain(longer);
    const { items } = await services.store.audit.list({ type: 'approval_repeated' }, { limit: 10 });
    expect(items.map(({ reason }) => reason)).toContain(longer);
  });

  test('ten identical requests at the same time create one approval', async () => {
    const { caller } = await services.agent('hasty-agent');
    const asked = await Promise.all(Array.from({ length: 10 }, () => services.ask(caller)));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(await services.store.approvals.find(asked[0]?.id ?? 'appr_')).toMatchObject({
      timesRequested: 10,
    });
  });

  test('a repeated request returns the active grant, and creates a new approval only with renew', async () => {
    const { caller } = await services.agent('patient-agent');
    const other = 'vsecure://secrets/production/OTHER';
    const grant = await approvedGrant(services, caller, { resources: [other, DATABASE_URL] });
    const covered = unwrap(await request({ resources: [other] }, caller));
    expect(covered).toMatchObject({ approval: { status: 'approved' }, grant: { id: grant } });
    const renewed = unwrap(await request({ resources: [other], renew: true }, caller));
    expect(renewed).toMatchObject({ approval: { status: 'pending' } });
    expect(renewed.grant).toBeUndefined();

    unwrap(await services.useCases.releaseGrant(caller, grant));
    expect(unwrap(await request({ resources: [other] }, caller)).approval.id).toBe(
      renewed.approval.id,
    );
  });
});

describe('the approvers of a request', () => {
  test('a policy that requires no approval grants immediately, and the grant is recorded', async () => {
    const resource = 'vsecure://secrets/open/KEY';
    await services.policy({ requiresApproval: false }, 'vsecure://secrets/open/*');
    await services.secret('not so secret', resource);
    const access = unwrap(await request({ resources: [resource], reason: '' }));
    expect(access).toMatchObject({ approval: { status: 'approved' }, grant: { status: 'active' } });
    const value = unwrap(await services.useCases.readSecret(agent, { resource })).value;
    expect(Buffer.from(value).toString()).toBe('not so secret');
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('a policy without approvers uses the approvers of the next broader policy', async () => {
    await services.policy({ approvers: ['dora@example.com'] }, 'vsecure://secrets/team/**');
    await services.policy({ approvers: [], maxDuration: 2 * HOUR }, 'vsecure://secrets/team/api/*');
    const { id } = await services.ask(agent, { resources: ['vsecure://secrets/team/api/KEY'] });
    const decide = async (email: string) =>
      services.useCases.decide(await services.decider(email), { approval: id, verdict: 'approve' });
    expectRefusal(await decide('alice@example.com'), 'not_an_approver', /not one of/);
    expect(unwrap(await decide('dora@example.com')).status).toBe('approved');
  });

  test('without approvers in any policy, the default approvers decide', async () => {
    const other = await buildServices({ defaultApprovers: ['erin@example.com'] });
    try {
      await other.policy({ approvers: [] });
      const { caller } = await other.agent();
      const { id } = await other.ask(caller);
      const erin = await other.decider('erin@example.com');
      const answer = await other.useCases.decide(erin, { approval: id, verdict: 'approve' });
      expect(unwrap(answer).status).toBe('approved');
    } finally {
      await other.close();
    }
  });

  test('a key without the scope to request access creates no request', async () => {
    const { caller } = await services.key('a-service', 'service', 'bob@example.com');
    expectRefusal(await request({}, caller), 'not_allowed', /access:request/);
  });
});
