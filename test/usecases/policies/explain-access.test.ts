/** An explanation matches what then happens to the request, records nothing, and shows an agent no names. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../../src/domain/limits.js';
import type { Caller } from '../../../src/domain/rights.js';
import type { AccessQuestion, Explanation } from '../../../src/usecases/policies/explain-access.js';
import type { PolicyChanges } from '../../../src/usecases/policies/policy-write.js';
import { windowOf } from '../../domain/policy-fixture.js';
import { buildServices, REASON, refusalOf, type Services, unwrap } from '../../support/services.js';

let services: Services;
let count = 0;

beforeAll(async () => {
  services = await buildServices({
    limits: { maxPending: 1, maxPerHour: 3, deniedCooldown: HOUR },
  });
});
afterAll(() => services.close());

const agent = () => {
  count += 1;
  return services.agent(`agent-${count}`).then(({ caller }) => caller);
};

const READ = { operation: 'read' } as const;
const explained = async (caller: Caller, question: AccessQuestion): Promise<Explanation> =>
  unwrap(await services.useCases.explainAccess(caller, question));

/** A pattern of its own, so that no test sees another's policy. */
async function place(changes: PolicyChanges = {}): Promise<string> {
  count += 1;
  await services.policy(changes, `vsecure://secrets/place-${count}/*`);
  return `vsecure://secrets/place-${count}/KEY`;
}

const auto = (conditions: NonNullable<PolicyChanges['autoApprove']>['conditions']) => ({
  autoApprove: { enabled: true, conditions },
});
const ALWAYS = windowOf('00:00-24:00 UTC');

describe('an explanation matches what then happens to the request', () => {
  const POLICIES: Record<string, PolicyChanges> = {
    'a person decides': {},
    'no approval required': { requiresApproval: false },
    'granted by conditions': auto({ timeWindow: [ALWAYS], operations: ['read', 'write'] }),
    'conditions that do not hold': auto({ requester: ['another-agent'], maxDuration: 5 * MINUTE }),
    'a condition that is empty': auto({ timeWindow: [] }),
    'another requester only': { requesters: ['another-agent'] },
    'a short grant': { maxDuration: 10 * MINUTE },
    'no approver': { approvers: [] },
  };
  const QUESTIONS: readonly Omit<AccessQuestion, 'resource'>[] = [
    READ,
    { operation: 'write' },
    { ...READ, duration: 5 * MINUTE },
    { ...READ, duration: 30 * MINUTE },
    { ...READ, duration: 30 },
  ];

  test.each(Object.entries(POLICIES))('%s', async (_name, changes) => {
    const resource = await place({ permissions: ['read'], ...changes });
    for (const question of QUESTIONS) {
      const caller = await agent();
      const before = await explained(caller, { resource, ...question });
      const ask = { resources: [resource], reason: REASON, ...question };
      const then = await services.useCases.requestAccess(caller, ask);
      if (!then.ok) {
        expect(before).toMatchObject({ outcome: 'refused', refusal: then.refusal });
        continue;
      }
      const { approval } = then.value;
      expect(before.outcome).toBe(approval.status === 'approved' ? 'granted' : 'asked');
      expect(before.duration).toBe(approval.duration);
      if (approval.autoReport) expect(before.why).toMatch(/auto-approved/);
    }
  });

  test('an explanation matches the outcome without a policy and under an active grant', async () => {
    const caller = await agent();
    const nowhere = await explained(caller, { resource: 'vsecure://secrets/nowhere', ...READ });
    expect(nowhere).toMatchObject({ outcome: 'refused', refusal: { code: 'no_policy' } });
    expect(nowhere.rules).toBeUndefined();
    const resource = await place();
    const { id } = await services.ask(caller, { resources: [resource] });
    const alice = await services.decider('alice@example.com');
    unwrap(await services.useCases.decide(alice, { approval: id, verdict: 'approve' }));
    expect(await explained(caller, { resource, ...READ })).toMatchObject({
      outcome: 'granted',
      why: expect.stringContaining('active grant'),
    });
  });

  test('an explanation applies the request limits, except to a repeated request', async () => {
    const caller = await agent();
    const [first, second] = [await place(), await place()];
    await services.ask(caller, { resources: [first] });
    const again = await explained(caller, { resource: first, ...READ });
    expect(again).toMatchObject({ outcome: 'asked', limits: { pending: 1, maxPending: 1 } });
    expect(again.why).toContain('repeating it returns');
    expect(await explained(caller, { resource: second, ...READ })).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'too_many_pending', maximum: 1 },
      limits: { lastHour: 1, maxPerHour: 3 },
    });
    const tomorrow = new Date(Date.now() + 24 * HOUR);
    const as = caller.principal.name;
    const later = { resource: second, ...READ, as, at: tomorrow };
    expect(await explained(services.admin, later)).toMatchObject({
      outcome: 'asked',
      limits: undefined,
    });
  });
});

describe('what an explanation shows', () => {
  test('an agent sees the outcome and the duration, and no names', async () => {
    const caller = await agent();
    const resource = await place({
      ...auto({ requester: ['trusted-tool'], timeWindow: [ALWAYS] }),
      escalateTo: ['carol@example.com'],
      escalateAfter: 5 * MINUTE,
    });
    const shown = await explained(caller, { resource, ...READ });
    expect(shown).toMatchObject({
      outcome: 'asked',
      duration: HOUR,
      rules: { defaultDuration: HOUR, maxDuration: 8 * HOUR, minReasonLength: 10 },
      report: { held: [{ condition: 'timeWindow' }], failed: [{ condition: 'requester' }] },
    });
    expect(JSON.stringify(shown)).not.toMatch(/alice|carol|trusted-tool|place-\d+\/\*/);
    const insider = await explained(services.admin, {
      resource,
      ...READ,
      as: caller.principal.name,
    });
    expect(insider).toMatchObject({
      requester: caller.principal.name,
      approvers: ['alice@example.com'],
      policy: { escalateTo: ['carol@example.com'] },
    });
    expect(insider.why).toContain('trusted-tool');
  });

  test('only people who manage or decide can ask about another key or time', async () => {
    const resource = await place();
    const caller = await agent();
    for (const more of [{ as: 'agent-1' }, { at: new Date() }]) {
      const asked = { resource, ...READ, ...more };
      expect(refusalOf(await services.useCases.explainAccess(caller, asked))).toBe('not_allowed');
    }
    const { caller: approver } = await services.human('alice@example.com');
    const as = caller.principal.name;
    expect(await explained(approver, { resource, ...READ, as })).toMatchObject({
      outcome: 'asked',
    });
    const { caller: service } = await services.key('ci', 'service', 'admin@example.com');
    expect((await explained(service, { resource, ...READ, as })).approvers).toEqual([
      'alice@example.com',
    ]);
    const own = await services.useCases.explainAccess(service, { resource, ...READ });
    expect(refusalOf(own)).toBe('not_allowed');
    const unknownKey = { resource, ...READ, as: 'nobody' };
    expect(refusalOf(await services.useCases.explainAccess(services.admin, unknownKey))).toBe(
      'not_found',
    );
  });

  test('a principal without a valid key is explained as refused', async () => {
    const resource = await place();
    const caller = await agent();
    const as = caller.principal.name;
    unwrap(await services.useCases.manageKeys.revoke(services.admin, caller.key.id));
    const refused = { outcome: 'refused', refusal: { code: 'not_allowed' } };
    expect(await explained(services.admin, { resource, ...READ, as })).toMatchObject(refused);
    expect(await explained(services.admin, { resource, ...READ, as: 'ci' })).toMatchObject(refused);
  });
});

test('an explanation records nothing and waits for no lock', async () => {
  const caller = await agent();
  const resource = await place();
  const rows = async () =>
    services.database.dataSource.query(
      `select (select count(*) from audit_event) as events, (select count(*) from approval) as approvals,
         (select count(*) from delivery) as deliveries`,
    );
  const before = await rows();
  const question = { operation: 'read', resources: [resource], duration: HOUR } as const;
  await services.store.transaction(async (tx) => {
    await tx.approvals.requestCounts(caller.principal.id, question);
    // While another transaction holds the principal, as one that asks does.
    expect(await explained(caller, { resource, ...READ })).toMatchObject({ outcome: 'asked' });
  });
  await services.useCases.explainAccess(caller, { resource: 'nonsense', ...READ });
  expect(await rows()).toEqual(before);
});
