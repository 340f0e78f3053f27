/** Whoever may not decide is told why, and it is on record. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import type { RefusalCode } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decider, Decision } from '../../src/usecases/approvals/decide.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildHouse, granted, type House } from '../support/services.js';
import { expectRefusal, refusalsDuring } from './refused.js';

const APPROVERS = ['alice@example.com', 'bob@example.com', 'gone@example.com'];
const OPEN = 'vsecure://secrets/open/KEY';
const SLACK_ONLY = 'vsecure://secrets/slack-only/KEY';
const STRICT = 'vsecure://secrets/strict/KEY';
const TWO = 'vsecure://secrets/two/KEY';

let house: House;
let agent: Caller;
beforeAll(async () => {
  house = await buildHouse();
  await house.policy({ approvers: APPROVERS }, 'vsecure://secrets/open/*');
  await house.policy(
    { approvers: APPROVERS, decideFrom: ['slack'] },
    'vsecure://secrets/slack-only/*',
  );
  await house.policy(
    { approvers: APPROVERS, requireDecisionReason: true },
    'vsecure://secrets/strict/*',
  );
  await house.policy({ approvers: APPROVERS, minApprovals: 2 }, 'vsecure://secrets/two/*');
  agent = (await house.agent('claude-desktop', 'bob@example.com')).caller;
});
afterAll(() => house.close());

type Press = Omit<Decision, 'approval'>;

interface Scene {
  readonly who: string;
  readonly by: string;
  readonly code: RefusalCode;
  readonly words: RegExp;
  readonly press?: Press;
  readonly resource?: string;
  readonly status?: Approval['status'];
  /** What happens before the press. */
  readonly before?: (approval: Approval, by: Decider) => Promise<unknown>;
}

const APPROVE: Press = { verdict: 'approve', reason: 'fine with me' };

const SCENES: readonly Scene[] = [
  {
    who: 'somebody who comes after the request has expired',
    by: 'alice@example.com',
    code: 'expired',
    words: /expired.*not denied/,
    before: (approval) => letExpire(approval),
  },
  {
    who: 'somebody who comes after the sweeper has closed it',
    by: 'alice@example.com',
    code: 'expired',
    words: /expired.*not denied/,
    status: 'expired',
    before: async (approval) => {
      await letExpire(approval);
      await house.useCases.expireApprovals();
    },
  },
  {
    who: 'somebody who comes after it was cancelled',
    by: 'alice@example.com',
    code: 'already_decided',
    words: /already cancelled/,
    status: 'cancelled',
    before: ({ id }) => house.useCases.cancelRequest(agent, id),
  },
  {
    who: 'somebody who comes after it was denied',
    by: 'alice@example.com',
    code: 'already_decided',
    words: /already denied/,
    status: 'denied',
    before: async ({ id }) =>
      house.useCases.decide(await house.decider('bob@example.com'), {
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
    who: 'somebody who is no approver',
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
    who: 'an approver at a closed door',
    by: 'alice@example.com',
    resource: SLACK_ONLY,
    code: 'wrong_door',
    words: /only from: slack/,
  },
  {
    who: 'an approver who would widen it',
    by: 'alice@example.com',
    press: { ...APPROVE, duration: HOUR + SECOND },
    code: 'cannot_widen',
    words: /An approver can narrow what was asked for \(1h/,
  },
  {
    who: 'an approver who allows next to nothing',
    by: 'alice@example.com',
    press: { ...APPROVE, duration: MINUTE - 1 },
    code: 'invalid_duration',
    words: /at least 1m/,
  },
  {
    who: 'an approver who denies without a reason',
    by: 'alice@example.com',
    press: { verdict: 'deny', reason: '  \n ' },
    code: 'reason_missing',
    words: /reason is required/,
  },
  {
    who: 'an approver who gives no reason where the policy wants one',
    by: 'alice@example.com',
    resource: STRICT,
    press: { verdict: 'approve' },
    code: 'reason_missing',
    words: /reason is required/,
  },
  {
    who: 'an approver who votes twice',
    by: 'alice@example.com',
    resource: TWO,
    code: 'already_voted',
    words: /already counted/,
    before: ({ id }, by) => house.useCases.decide(by, { approval: id, ...APPROVE }),
  },
];

describe('a press is refused, explained and recorded once, and changes nothing, when it comes from', () => {
  test.each(SCENES)('$who', async ({ by, code, words, press, resource, status, before }) => {
    const approval = await house.ask(agent, { resources: [resource ?? OPEN], renew: true });
    const decider = { ...(await house.decider(by)), ...(await standing(by)) };
    await before?.(approval, decider);
    const votes = await house.store.approvals.votes(approval.id);

    const events = await refusalsDuring(house, 'decision_refused', async () => {
      const decision = { approval: approval.id, ...(press ?? APPROVE) };
      expectRefusal(await house.useCases.decide(decider, decision), code, words);
    });
    expect(events).toEqual([{ refusal: code, actor: by, approval: approval.id }]);
    const after = await house.store.approvals.find(approval.id);
    expect(after?.status).toBe(status ?? 'pending');
    expect(await house.store.approvals.votes(approval.id)).toEqual(votes);
    expect(await house.store.grants.ofApproval(approval.id)).toBeUndefined();
    expect(await brokenInvariants(house.database.dataSource)).toEqual([]);
    if (after?.status === 'pending') await house.useCases.cancelRequest(agent, approval.id);
  });
});

const letExpire = ({ id }: Approval) =>
  sqlOn(house.database.dataSource)(
    `update approval set created_at = clock_timestamp() - interval '2 hours', expires_at = clock_timestamp() where id = $1`,
    [id],
  );

async function standing(email: string): Promise<Partial<Decider>> {
  if (email !== 'gone@example.com') return {};
  const change = { email, active: false };
  return { person: granted(await house.useCases.managePeople.set(house.admin, change)) };
}

describe('the owner of the key that asks', () => {
  test('may deny, from wherever, without being an approver', async () => {
    const { caller } = await house.agent('dans-agent', 'dan@example.com');
    const { id } = await house.ask(caller, { resources: [OPEN] });
    const dan = await house.decider('dan@example.com');
    const answer = await house.useCases.decide(dan, {
      approval: id,
      verdict: 'deny',
      reason: 'I never asked for this',
    });
    expect(granted(answer).status).toBe('denied');
  });

  test('may approve where the policy says so, for someone alone', async () => {
    const resource = 'vsecure://secrets/alone/KEY';
    await house.policy({ approvers: ['bob@example.com'], allowSelfApproval: true }, resource);
    const { id } = await house.ask(agent, { resources: [resource] });
    const bob = await house.decider('bob@example.com');
    expect(granted(await house.useCases.decide(bob, { approval: id, ...APPROVE })).status).toBe(
      'approved',
    );
  });
});

test('an approval that does not exist is not found, whoever asks', async () => {
  const alice = await house.decider('alice@example.com');
  const answer = await house.useCases.decide(alice, { approval: 'appr_nothing', ...APPROVE });
  expectRefusal(answer, 'not_found', /no such thing/);
});
