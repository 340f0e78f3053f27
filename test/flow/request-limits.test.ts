/** Limits on the requests of one key, and the refusals beyond them. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import { explain, type Refusal } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import type { AccessRequest } from '../../src/usecases/approvals/request-access.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, REASON, type Services, unwrap } from '../support/services.js';

const secret = (name: string) => `vsecure://secrets/production/${name}`;
const LIMITS = { maxPending: 5, maxPerHour: 30, deniedCooldown: 15 * MINUTE };

let services: Services;
let agents = 0;
let agent: Caller;
beforeAll(async () => {
  services = await buildServices({ limits: LIMITS });
  await services.policy({}, 'vsecure://secrets/production/**');
});
beforeEach(async () => {
  agents += 1;
  agent = (await services.agent(`agent-${agents}`)).caller;
});
afterAll(() => services.close());

const ask = (name: string | readonly string[], more: Partial<AccessRequest> = {}, caller = agent) =>
  services.useCases.requestAccess(caller, {
    resources: [name].flat().map(secret),
    operation: 'read',
    reason: REASON,
    ...more,
  });

function refusal(result: Result<unknown>): Refusal {
  if (result.ok) throw new Error('this was expected to be refused');
  return result.refusal;
}

async function deny(name: string | readonly string[], more: Partial<AccessRequest> = {}) {
  const { approval } = unwrap(await ask(name, more));
  const alice = await services.decider('alice@example.com');
  const verdict = { approval: approval.id, verdict: 'deny', reason: 'no' } as const;
  unwrap(await services.useCases.decide(alice, verdict));
}

/** Lets the database believe that everything this agent did was done so much earlier. */
async function earlier(ms: number) {
  const shift = `- $2::float8 * interval '1 ms'`;
  await sqlOn(services.database.dataSource)(
    `update approval set created_at = created_at ${shift}, settled_at = settled_at ${shift} where principal_id = $1`,
    [agent.principal.id, ms],
  );
}

async function askMany(count: number, prefix = 'S') {
  for (let one = 1; one <= count; one += 1) unwrap(await ask(`${prefix}${one}`));
}

/** Thirty requests an hour, none of which waits any more. */
async function askAndCancel(count: number) {
  for (let one = 1; one <= count; one += 1) {
    const { approval } = unwrap(await ask(`C${one}`));
    unwrap(await services.useCases.cancelRequest(agent, approval.id));
  }
}

describe('pending requests of one key', () => {
  test('the sixth pending request of a key is refused, and the refusal says what to do', async () => {
    await askMany(5);
    const over = refusal(await ask('S6'));
    expect(over).toEqual({ code: 'too_many_pending', maximum: 5 });
    expect(explain(over)).toBe(
      'This key already has 5 pending requests. Wait for a decision on one of them, or cancel one, then request again.',
    );
  });

  test('cancelling a pending request allows another one', async () => {
    await askMany(4);
    const { approval } = unwrap(await ask('S5'));
    expect(refusal(await ask('S6')).code).toBe('too_many_pending');
    unwrap(await services.useCases.cancelRequest(agent, approval.id));
    expect(unwrap(await ask('S6')).approval.status).toBe('pending');
  });

  test('an expired request allows another one, whether or not the job has run', async () => {
    await askMany(5);
    await sqlOn(services.database.dataSource)(
      `update approval set created_at = created_at - interval '2 hours', expires_at = expires_at - interval '2 hours'
       where principal_id = $1 and resources = $2`,
      [agent.principal.id, [secret('S1')]],
    );
    expect(unwrap(await ask('S6')).approval.status).toBe('pending');
  });

  test('concurrent requests never exceed the limit of pending requests', async () => {
    const names = Array.from({ length: 20 }, (_, one) => `P${one}`);
    const answers = await Promise.all(names.map((name) => ask(name)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5);
    expect(answers.filter((answer) => !answer.ok).map((answer) => refusal(answer).code)).toEqual(
      Array(15).fill('too_many_pending'),
    );
    const counted = await sqlOn(services.database.dataSource)(
      `select id from approval where principal_id = $1 and status = 'pending'`,
      [agent.principal.id],
    );
    expect(counted).toHaveLength(5);
  });

  test('the pending requests of one key do not limit another key', async () => {
    await askMany(5);
    const { caller } = await services.agent(`neighbour-${agents}`);
    expect(refusal(await ask('S6')).code).toBe('too_many_pending');
    expect(unwrap(await ask('S6', {}, caller)).approval.status).toBe('pending');
  });

  test('a repeated request counts once', async () => {
    await askMany(5);
    for (let again = 2; again <= 40; again += 1)
      expect(unwrap(await ask('S3')).approval.timesRequested).toBe(again);
    expect(refusal(await ask('S3', { duration: 2 * HOUR })).code).toBe('too_many_pending');
  });

  test('pending requests do not block a request that needs no approval', async () => {
    const uri = 'vsecure://secrets/open/*';
    await services.policy({ requiresApproval: false }, uri);
    await askMany(5);
    for (let one = 0; one < 40; one += 1) {
      const answer = await services.useCases.requestAccess(agent, {
        resources: ['vsecure://secrets/open/X'],
        operation: 'read',
        reason: '',
        renew: true,
      });
      expect(unwrap(answer).approval.status).toBe('approved');
    }
    expect(refusal(await ask('S6')).code).toBe('too_many_pending');
  });
});

describe('requests of one key within an hour', () => {
  test('the limit of thirty requests an hour includes cancelled ones, and the refusal says when to retry', async () => {
    await askAndCancel(30);
    const over = refusal(await ask('S1'));
    expect(over).toEqual({ code: 'too_many_requests', maximum: 30, retryAfter: HOUR });
    expect(explain(over)).toBe(
      'This key has made 30 requests within an hour. Request again in 1h.',
    );
  });

  test('the hour is a sliding window: a retry after the stated time is accepted', async () => {
    await askAndCancel(30);
    await earlier(50 * MINUTE);
    const over = refusal(await ask('S1'));
    expect(over).toMatchObject({ code: 'too_many_requests', retryAfter: 10 * MINUTE });
    await earlier(10 * MINUTE);
    expect(unwrap(await ask('S1')).approval.status).toBe('pending');
  });

  test('requests that needed no approval do not count towards the hourly limit', async () => {
    await services.policy({ requiresApproval: false }, 'vsecure://secrets/open/*');
    for (let one = 0; one < 31; one += 1)
      unwrap(
        await services.useCases.requestAccess(agent, {
          resources: ['vsecure://secrets/open/X'],
          operation: 'read',
          reason: '',
          renew: true,
        }),
      );
    expect(unwrap(await ask('S1')).approval.status).toBe('pending');
  });

  test('the hourly limit counts each key separately', async () => {
    await askAndCancel(30);
    const { caller } = await services.agent(`neighbour-${agents}`);
    expect(unwrap(await ask('S1', {}, caller)).approval.status).toBe('pending');
  });
});

describe('a denied request', () => {
  test('a denied request cannot be repeated for 15 minutes, and the refusal says so', async () => {
    await deny('D1');
    const over = refusal(await ask('D1'));
    expect(over).toEqual({ code: 'denied_recently', retryAfter: 15 * MINUTE });
    expect(explain(over)).toBe(
      'An approver recently denied this request. Do not repeat it. If something changed, request again in 15m.',
    );
    await earlier(15 * MINUTE);
    expect(unwrap(await ask('D1')).approval.status).toBe('pending');
  });

  test.each<[string, string | string[], Partial<AccessRequest>]>([
    ['with another reason', 'D1', { reason: 'It is really very urgent, believe me' }],
    ['for a shorter time', 'D1', { duration: 5 * MINUTE }],
    ['under another name of the client', 'D1', { claimedClient: 'another client' }],
    ['with renew', 'D1', { renew: true }],
    ['together with something else', ['D1', 'D2'], {}],
  ])('a denied request cannot be repeated %s', async (_, name, more) => {
    await deny('D1');
    expect(refusal(await ask(name, more))).toMatchObject({ code: 'denied_recently' });
  });

  test.each<[string, string | string[], Partial<AccessRequest>]>([
    ['a part of it', 'D1', {}],
    ['another part together with something else', ['D2', 'D3'], {}],
    ['something else', 'D4', {}],
    ['a pattern beside it', 'other/*', {}],
  ])('the denial of several resources does not block %s', async (_, name, more) => {
    await deny(['D1', 'D2']);
    expect(unwrap(await ask(name, more)).approval.status).toBe('pending');
  });

  test('a pattern and what it covers are different questions: the denial of one does not block the other, and the card warns', async () => {
    await deny('*');
    expect(refusal(await ask('*')).code).toBe('denied_recently');
    for (const name of ['D1', '**']) {
      const { approval } = unwrap(await ask(name));
      const facts = await services.useCases.readCardFacts(approval.id);
      expect(facts?.signals.map(({ kind }) => kind)).toContain('denied');
    }
    await deny('D2');
    expect(unwrap(await ask('**', { duration: 5 * MINUTE })).approval.status).toBe('pending');
  });

  test('a request that was sent back can be repeated at once, and a plain denial stays final', async () => {
    const { approval } = unwrap(await ask('D1'));
    const alice = await services.decider('alice@example.com');
    const back = {
      approval: approval.id,
      verdict: 'deny',
      reason: 'Say more',
      sentBack: true,
    } as const;
    expect(unwrap(await services.useCases.decide(alice, back))).toMatchObject({ status: 'denied' });
    // Another answer to the same request is no repetition of the first.
    const final = await services.useCases.decide(alice, { ...back, sentBack: false });
    expect(refusal(final).code).toBe('already_decided');
    expect(unwrap(await ask('D1')).approval.status).toBe('pending');
  });

  test('the denial of one operation does not block another operation', async () => {
    await services.policy({ permissions: ['read', 'write'] }, 'vsecure://secrets/production/**');
    await deny('D1');
    expect(unwrap(await ask('D1', { operation: 'write' })).approval.status).toBe('pending');
  });

  test('a request denied to one key can be made by another key', async () => {
    await deny('D1');
    const { caller } = await services.agent(`neighbour-${agents}`);
    expect(unwrap(await ask('D1', {}, caller)).approval.status).toBe('pending');
  });

  test('the refusal after a denial says how long to wait, rounded up', async () => {
    await deny('D1');
    await earlier(5 * MINUTE + 1);
    expect(refusal(await ask('D1'))).toMatchObject({ retryAfter: 10 * MINUTE });
  });
});

test('repeating a request during its approval does not deadlock', async () => {
  const alice = await services.decider('alice@example.com');
  for (let round = 0; round < 25; round += 1) {
    const { approval } = unwrap(await ask(`R${round}`));
    const answers = await Promise.all([
      ask(`R${round}`, { renew: true }),
      services.useCases.decide(alice, { approval: approval.id, verdict: 'approve' }),
      ask(`R${round}`, { renew: true }),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    for (const answer of answers)
      if (answer.ok && 'approval' in answer.value && answer.value.approval.status === 'pending')
        await services.useCases.cancelRequest(agent, answer.value.approval.id);
    await earlier(2 * HOUR);
  }
});

test('the database invariants hold after all tests of limits', async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});
