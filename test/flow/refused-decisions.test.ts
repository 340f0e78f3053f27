/** Refused votes are explained and recorded. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import type { RefusalCode } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decider, Decision } from '../../src/usecases/approvals/decide.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { expectRefusal, refusalsDuring } from './expect-refusal.js';

const APPROVERS = ['alice@example.com', 'bob@example.com', 'gone@example.com'];
const OPEN = 'vsecure://secrets/open/KEY';
const SLACK_ONLY = 'vsecure://secrets/slack-only/KEY';
const STRICT = 'vsecure://secrets/strict/KEY';
const TWO = 'vsecure://secrets/two/KEY';

let services: Services;
let agent: Caller;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ approvers: APPROVERS }, 'vsecure://secrets/open/*');
  await services.policy(
    { approvers: APPROVERS, decideFrom: ['slack'] },
    'vsecure://secrets/slack-only/*',
  );
  await services.policy(
    { approvers: APPROVERS, requireDecisionReason: true },
    'vsecure://secrets/strict/*',
  );
  await services.policy({ approvers: APPROVERS, minApprovals: 2 }, 'vsecure://secrets/two/*');
  agent = (await services.agent('claude-desktop', 'bob@example.com')).caller;
});
afterAll(() => services.close());

type Click = Omit<Decision, 'approval'>;

interface Scene {
  readonly who: string;
  readonly by: string;
  readonly code: RefusalCode;
  readonly words: RegExp;
  readonly click?: Click;
  readonly resource?: string;
  readonly status?: Approval['status'];
  /** Setup before the vote. */
  readonly before?: (approval: Approval, by: Decider) => Promise<unknown>;
}

const APPROVE: Click = { verdict: 'approve', reason: 'fine with me' };

const SCENES: readonly Scene[] = [
  {
    who: 'an approver after the request has expired',
    by: 'alice@example.com',
    code: 'expired',
    words: /expired.*not denied/,
    status: 'expired',
    before: (approval) => letExpire(approval),
  },
  {
    who: 'an approver after the job has expired the request',
    by: 'alice@example.com',
    code: 'expired',
    words: /expired.*not denied/,
    status: 'expired',
    before: async (approval) => {
      await letExpire(approval);
      await services.useCases.expireApprovals();
    },
  },
  {
    who: 'an approver after the request was cancelled',
    by: 'alice@example.com',
    code: 'already_decided',
    words: /already cancelled/,
    status: 'cancelled',
    before: ({ id }) => services.useCases.cancelRequest(agent, id),
  },
  {
    who: 'an approver after the request was denied',
    by: 'alice@example.com',
    code: 'already_decided',
    words: /already denied/,
    status: 'denied',
    before: async ({ id }) =>
      services.useCases.decide(await services.decider('bob@example.com'), {
        approval: id,
        verdict: 'deny',
        reason: 'not mine',
      }),
  },
  {
    who: 'the owner of the key that asks, approver or not',
    by: 'bob@example.com',
    code: 'own_request',
    words: /a key that you own/,
  },
  {
    who: 'a person who is not an approver',
    by: 'mallory@example.com',
    code: 'not_an_approver',
    words: /not one of the approvers/,
  },
  {
    who: 'an administrator who is no approver',
    by: 'admin@example.com',
    code: 'not_an_approver',
    words: /not one of the approvers/,
  },
  {
    who: 'an approver who has left',
    by: 'gone@example.com',
    code: 'person_inactive',
    words: /deactivated/,
  },
  {
    who: 'an approver at an entry point that the policy does not accept',
    by: 'alice@example.com',
    resource: SLACK_ONLY,
    code: 'wrong_door',
    words: /accepts them from Slack/,
  },
  {
    who: 'an approver who would widen it',
    by: 'alice@example.com',
    click: { ...APPROVE, duration: HOUR + SECOND },
    code: 'cannot_widen',
    words: /You can shorten the duration \(1h/,
  },
  {
    who: 'an approver who allows next to nothing',
    by: 'alice@example.com',
    click: { ...APPROVE, duration: MINUTE - 1 },
    code: 'invalid_duration',
    words: /at least 1m/,
  },
  {
    who: 'an approver who denies without a reason',
    by: 'alice@example.com',
    click: { verdict: 'deny', reason: '  \n ' },
    code: 'reason_missing',
    words: /reason is required/,
  },
  {
    who: 'an approver who gives no reason where the policy wants one',
    by: 'alice@example.com',
    resource: STRICT,
    click: { verdict: 'approve' },
    code: 'reason_missing',
    words: /reason is required/,
  },
  {
    who: 'an approver who votes twice',
    by: 'alice@example.com',
    resource: TWO,
    code: 'already_voted',
    words: /already approved this request/,
    before: ({ id }, by) => services.useCases.decide(by, { approval: id, ...APPROVE }),
  },
];

describe('a refused vote is explained, recorded once, and changes nothing', () => {
  test.each(SCENES)(
    'a vote is refused when it comes from: $who',
    async ({ by, code, words, click, resource, status, before }) => {
      const approval = await services.ask(agent, { resources: [resource ?? OPEN], renew: true });
      const decider = { ...(await services.decider(by)), ...(await standing(by)) };
      await before?.(approval, decider);
      const votes = await services.store.approvals.votes(approval.id);

      const events = await refusalsDuring(services, 'decision_refused', async () => {
        const decision = { approval: approval.id, ...(click ?? APPROVE) };
        expectRefusal(await services.useCases.decide(decider, decision), code, words);
      });
      expect(events).toEqual([{ refusal: code, actor: by, approval: approval.id }]);
      const after = await services.store.approvals.find(approval.id);
      expect(after?.status).toBe(status ?? 'pending');
      expect(await services.store.approvals.votes(approval.id)).toEqual(votes);
      expect(await services.store.grants.ofApproval(approval.id)).toBeUndefined();
      expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
      if (after?.status === 'pending') await services.useCases.cancelRequest(agent, approval.id);
    },
  );
});

const letExpire = ({ id }: Approval) =>
  sqlOn(services.database.dataSource)(
    `update approval set created_at = clock_timestamp() - interval '2 hours', expires_at = clock_timestamp() where id = $1`,
    [id],
  );

async function standing(email: string): Promise<Partial<Decider>> {
  if (email !== 'gone@example.com') return {};
  const change = { email, active: false };
  return { person: unwrap(await services.useCases.managePeople.set(services.admin, change)) };
}

describe('the owner of the requesting key', () => {
  test('the owner of the requesting key can deny from every entry point without being an approver', async () => {
    const { caller } = await services.agent('dans-agent', 'dan@example.com');
    const { id } = await services.ask(caller, { resources: [OPEN] });
    const dan = await services.decider('dan@example.com');
    const answer = await services.useCases.decide(dan, {
      approval: id,
      verdict: 'deny',
      reason: 'I never asked for this',
    });
    expect(unwrap(answer).status).toBe('denied');
  });

  test('the owner of the requesting key can approve if the policy allows self-approval', async () => {
    const resource = 'vsecure://secrets/alone/KEY';
    await services.policy({ approvers: ['bob@example.com'], allowSelfApproval: true }, resource);
    const { id } = await services.ask(agent, { resources: [resource] });
    const bob = await services.decider('bob@example.com');
    expect(unwrap(await services.useCases.decide(bob, { approval: id, ...APPROVE })).status).toBe(
      'approved',
    );
  });
});

test('an unknown approval is not found for every caller', async () => {
  const alice = await services.decider('alice@example.com');
  const answer = await services.useCases.decide(alice, { approval: 'appr_nothing', ...APPROVE });
  expectRefusal(answer, 'not_found', /Not found, or you have no access/);
});
