/** What is sent again under its key, because the answer was lost: asked, withdrawn or given back once, and answered with how it stands. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import { type AccessRequest, requestContent } from '../../src/usecases/approvals/request-access.js';
import { idempotencyKeyOf } from '../../src/usecases/idempotent.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  buildServices,
  DATABASE_URL,
  REASON,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { approvedGrant } from './short-grants.js';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/open/*');
});
afterAll(async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

let agents = 0;
async function newAgent() {
  agents += 1;
  return (await services.agent(`agent-${agents}`)).caller;
}

function ask(caller: Caller, wish: Partial<AccessRequest> = {}, key = 'key-1') {
  const asked = { resources: [DATABASE_URL], operation: 'read', reason: REASON, ...wish } as const;
  return services.useCases.requestAccess(
    caller,
    asked,
    idempotencyKeyOf(caller, key, requestContent(asked)),
  );
}

const eventsOf = async ({ principal }: Caller) => {
  const rows = await sqlOn(services.database.dataSource)<{ type: string }>(
    `select body ->> 'type' as type from audit_event where body ->> 'principal' = $1 order by sequence`,
    [principal.id],
  );
  return rows.map(({ type }) => type).filter((type) => type !== 'key_created');
};

async function decide(approval: `appr_${string}`, verdict: 'approve' | 'deny') {
  const alice = await services.decider('alice@example.com');
  unwrap(await services.useCases.decide(alice, { approval, verdict, reason: 'because' }));
}

describe('a request under an idempotency key', () => {
  test('twenty concurrent requests under one idempotency key create one approval', async () => {
    const caller = await newAgent();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(caller)));
    const ids = new Set(answers.map((answer) => unwrap(answer).approval.id));
    expect(ids.size).toBe(1);
    expect(unwrap(await ask(caller)).approval).toMatchObject({
      status: 'pending',
      timesRequested: 1,
    });
    expect(await eventsOf(caller)).toEqual(['approval_requested']);
  });

  test('a retry returns the current state of the approval, also after its end', async () => {
    const caller = await newAgent();
    const { approval } = unwrap(await ask(caller));
    await decide(approval.id, 'approve');
    const again = unwrap(await ask(caller));
    expect(again).toMatchObject({
      approval: { id: approval.id, status: 'approved' },
      grant: { status: 'active' },
    });
    unwrap(await services.useCases.releaseGrant(caller, again.grant?.id ?? 'grnt_none'));
    const late = unwrap(await ask(caller));
    expect(late).toMatchObject({ approval: { id: approval.id }, grant: { status: 'released' } });
    expect(unwrap(await ask(caller, {}, 'key-2')).approval.id).not.toBe(approval.id);
  });

  test('a retry of a denied request stays denied and creates no approval', async () => {
    const caller = await newAgent();
    const { approval } = unwrap(await ask(caller));
    await decide(approval.id, 'deny');
    expect(unwrap(await ask(caller)).approval).toMatchObject({
      id: approval.id,
      status: 'denied',
    });
  });

  test('a retry of an immediately granted request creates no second grant', async () => {
    const caller = await newAgent();
    const wish = { resources: ['vsecure://secrets/open/KEY'], renew: true };
    const grants = [unwrap(await ask(caller, wish)).grant, unwrap(await ask(caller, wish)).grant];
    expect(grants[0]).toMatchObject({ status: 'active' });
    expect(grants[1]?.id).toBe(grants[0]?.id);
  });

  test('the order of the resources does not change an idempotent request; every other difference does', async () => {
    const caller = await newAgent();
    const resources = [DATABASE_URL, 'vsecure://secrets/production/API_KEY'];
    const { approval } = unwrap(await ask(caller, { resources }));
    const turned = unwrap(await ask(caller, { resources: resources.toReversed() }));
    expect(turned.approval.id).toBe(approval.id);
    const others: Partial<AccessRequest>[] = [
      {},
      { resources, reason: `${REASON}!` },
      { resources, duration: 60_000 },
      { resources, renew: true },
      { resources, operation: 'list' },
    ];
    for (const other of others)
      expect(refusalOf(await ask(caller, other))).toBe('idempotency_mismatch');
    const somebodyElse = unwrap(await ask(await newAgent(), { resources }));
    expect(somebodyElse.approval.id).not.toBe(approval.id);
  });

  test('a refused request leaves its idempotency key unused, and every refusal is recorded', async () => {
    const caller = await newAgent();
    expect(refusalOf(await ask(caller, { reason: 'no' }))).toBe('reason_too_short');
    expect(unwrap(await ask(caller)).approval.status).toBe('pending');
    expect(await eventsOf(caller)).toEqual(['access_refused', 'approval_requested']);
  });

  test('the reason that a tool user types does not change an idempotent request', async () => {
    const caller = await newAgent();
    const { approval } = unwrap(await ask(caller, { reason: '', typedReason: REASON }));
    expect(approval.reason).toBe(REASON);
    const repeated = unwrap(await ask(caller, { reason: '' }));
    expect(repeated.approval).toMatchObject({ id: approval.id, timesRequested: 1 });
  });
});

test('a retried cancellation succeeds under an idempotency key, and is refused without one', async () => {
  const caller = await newAgent();
  const { id } = unwrap(await ask(caller)).approval;
  const cancel = (key?: string) =>
    services.useCases.cancelRequest(caller, id, idempotencyKeyOf(caller, key, { cancel: id }));
  const answers = await Promise.all([1, 2, 3].map(() => cancel('cancel-1')));
  for (const answer of answers) expect(unwrap(answer)).toMatchObject({ id, status: 'cancelled' });
  expect(refusalOf(await cancel())).toBe('already_decided');
  expect(refusalOf(await cancel('key-1'))).toBe('idempotency_mismatch');
  expect(refusalOf(await cancel('cancel-2'))).toBe('already_decided');
  expect(await eventsOf(caller)).toEqual(['approval_requested', 'approval_cancelled']);
});

test('a retried release succeeds under an idempotency key, and a refused key can be used again', async () => {
  const caller = await newAgent();
  const [one, other] = [
    await approvedGrant(services, caller),
    await approvedGrant(services, caller),
  ];
  const release = (id: typeof one, key?: string) =>
    services.useCases.releaseGrant(caller, id, idempotencyKeyOf(caller, key, { release: id }));
  expect(refusalOf(await release('grnt_0123456789abcdefghijkl', 'k'))).toBe('not_found');
  const answers = await Promise.all([1, 2, 3].map(() => release(one, 'k')));
  for (const answer of answers)
    expect(unwrap(answer)).toMatchObject({ id: one, status: 'released' });
  expect(refusalOf(await release(one))).toBe('grant_ended');
  expect(refusalOf(await release(other, 'k'))).toBe('idempotency_mismatch');
  expect(unwrap(await release(other, 'l'))).toMatchObject({ status: 'released' });
});
