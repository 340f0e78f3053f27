/** Writing policies, one or a whole set of them, in one transaction. */

import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/limits.js';
import { explain } from '../../src/domain/refusal.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { PRODUCTION, refusalOf, unwrap } from '../support/services.js';
import { ALICE, policyFixture } from './policy-fixture.js';

const { apply, at, services, activePolicies, one, outcomes, recordedState } = policyFixture();

describe('merging and replacing', () => {
  test('merging keeps absent fields, and replacing resets them to the defaults', async () => {
    const first = { maxUses: 3, minApprovals: 1, channel: 'C0PROD', listed: false } as const;
    unwrap(await apply({ 'a/*': first }));
    unwrap(await apply({ 'a/*': { maxDuration: 2 * HOUR } }, { mode: 'merge' }));
    expect(await one('a/*')).toMatchObject({
      ...first,
      ...ALICE,
      maxDuration: 2 * HOUR,
      version: 2,
    });
    unwrap(await apply({ 'a/*': { mention: false } }));
    expect(await one('a/*')).toMatchObject({
      ...ALICE,
      maxUses: undefined,
      channel: undefined,
      listed: true,
      mention: false,
      maxDuration: 8 * HOUR,
      version: 3,
    });
  });

  test('merging into a missing policy starts from the defaults', async () => {
    expect(outcomes(await apply({ 'a/*': {} }, { mode: 'merge' }))).toEqual(['a/* created']);
    expect(await one('a/*')).toMatchObject({
      name: at('a/*'),
      permissions: ['read'],
      requiresApproval: true,
      decideFrom: ['slack', 'dashboard', 'cli', 'api'],
      requestTtl: HOUR,
      minReasonLength: 10,
    });
  });

  test('two concurrent merges are both applied', async () => {
    unwrap(await apply({ 'a/*': {} }));
    await Promise.all([
      apply({ 'a/*': { maxUses: 7 } }, { mode: 'merge' }),
      apply({ 'a/*': { listed: false } }, { mode: 'merge' }),
    ]);
    expect(await one('a/*')).toMatchObject({ maxUses: 7, listed: false, version: 3 });
  });

  test('every policy field is stored and returned as it was written', async () => {
    const rules = {
      name: 'Everything',
      permissions: ['list', 'read', 'write', 'delete'],
      requiresApproval: true,
      approvers: ['alice@example.com', 'U0CAROL', 'S0TEAM'],
      requesters: ['claude-desktop', 'bob@example.com'],
      decideFrom: ['slack'],
      listed: false,
      mention: false,
      minApprovals: 2,
      allowSelfApproval: true,
      autoApprove: { enabled: false, conditions: { operations: ['read'], maxDuration: HOUR } },
      requireReason: false,
      minReasonLength: 20,
      requireDecisionReason: true,
      defaultDuration: 2 * HOUR,
      maxDuration: DAY,
      requestTtl: 3 * HOUR,
      maxUses: 9,
      channel: 'C0PROD',
      escalateTo: ['dave@example.com'],
      escalateAfter: 10 * MINUTE,
    } as const satisfies PolicyChanges;
    unwrap(await apply({ 'a/*': rules }));
    expect(await one('a/*')).toMatchObject(rules);
    expect(outcomes(await apply({ 'a/*': rules }))).toEqual(['a/* unchanged']);
  });
});

describe('a policy set', () => {
  test('applying a policy set returns the result for each policy in the order of the patterns', async () => {
    unwrap(await apply({ 'b/*': {}, 'c/*': { maxUses: 1 } }));
    const applied = await apply({ 'c/*': { maxUses: 2 }, 'a/*': {}, 'b/*': {} });
    expect(outcomes(applied)).toEqual(['a/* created', 'b/* unchanged', 'c/* changed']);
    expect(await activePolicies()).toEqual(['a/* 1', 'b/* 1', 'c/* 2']);
  });

  test('a policy set without changes writes nothing', async () => {
    unwrap(await apply({ 'a/*': { maxUses: 1 }, 'b/*': {} }));
    const before = await recordedState();
    const shuffled = { approvers: ['ALICE@example.com', 'alice@example.com'], maxUses: 1 };
    expect(outcomes(await apply({ 'b/*': {}, 'a/*': shuffled }))).toEqual([
      'a/* unchanged',
      'b/* unchanged',
    ]);
    expect(await recordedState()).toEqual(before);
  });

  test('a change is applied even if a requester has the name of a special value', async () => {
    unwrap(await apply({ 'a/*': {} }));
    expect(outcomes(await apply({ 'a/*': { requesters: ['everyone'] } }))).toEqual(['a/* changed']);
    expect(outcomes(await apply({ 'a/*': { requesters: ['none'] } }))).toEqual(['a/* changed']);
    expect(outcomes(await apply({ 'a/*': { requesters: [] } }))).toEqual(['a/* changed']);
    expect(await one('a/*')).toMatchObject({ requesters: [], version: 4 });
  });

  test.each<[string, Record<string, PolicyChanges>, RegExp]>([
    ['a pattern outside the grammar', { 'a/*': {}, '**/b': {}, 'c/*': {} }, /"\*\*" may only be/],
    [
      'more approvals than approvers',
      { 'a/*': {}, 'b/*': { minApprovals: 2 }, 'c/*': {} },
      /^vsecure:\/\/secrets\/b\/\*: minApprovals is 2/,
    ],
    [
      'further approvers who are never asked',
      { 'a/*': {}, 'b/*': { escalateTo: ['dave@example.com'] }, 'c/*': {} },
      /escalateTo and escalateAfter belong together/,
    ],
    [
      'a silence longer than the request lives',
      { 'a/*': {}, 'b/*': { escalateTo: ['d@example.com'], escalateAfter: HOUR }, 'c/*': {} },
      /escalateAfter is not shorter than requestTtl/,
    ],
    [
      'auto-approval of everything',
      { 'a/*': {}, '**': { autoApprove: { enabled: true, conditions: {} } }, 'c/*': {} },
      /would grant every request for everything at once/,
    ],
    [
      'a policy that never decides',
      { '*/x': {}, '*/*': {}, 'b/*': {}, 'b/x': {}, 'b/**': {}, 'b/*/**': {} },
      /b\/\*\* can never decide anything/,
    ],
  ])('a policy set with %s is refused as a whole', async (_, policies, says) => {
    unwrap(await apply({ 'kept/*': {} }));
    const before = await recordedState();
    const answer = await apply(policies);
    expect(answer.ok ? '' : explain(answer.refusal)).toMatch(says);
    expect(await recordedState()).toEqual(before);
  });

  test('a policy set with the same pattern twice is refused', async () => {
    const write = { uri: PRODUCTION, changes: ALICE, mode: 'replace' } as const;
    const answer = await services().useCases.applyPolicies(services().admin, {
      writes: [write, write],
    });
    expect(answer).toMatchObject({
      refusal: { code: 'invalid_input', problem: `${PRODUCTION} is in the set twice.` },
    });
  });

  test('a database failure during a policy set leaves no change', async () => {
    unwrap(await apply({ 'kept/*': {} }));
    const before = await recordedState();
    await expect(apply({ 'a/*': {}, 'b/*': { maxUses: -1 }, 'c/*': {} })).rejects.toThrow();
    expect(await recordedState()).toEqual(before);
  });

  test('a caller without the scope resources:manage cannot apply policies', async () => {
    const { caller } = await services().human('alice@example.com');
    const set = { writes: [{ uri: PRODUCTION, changes: ALICE, mode: 'merge' }] } as const;
    expect(refusalOf(await services().useCases.applyPolicies(caller, set))).toBe('not_allowed');
    expect(await activePolicies()).toEqual([]);
  });
});

describe('a dry run', () => {
  test('a dry run returns the changes and applies none', async () => {
    unwrap(await apply({ 'a/*': {}, 'gone/*': {} }));
    const before = await recordedState();
    const set = { 'a/*': { maxDuration: 9 * HOUR }, 'new/*': { approvers: ['x@example.com'] } };
    const planned = unwrap(await apply(set, { dryRun: true, prune: true }));
    expect(planned.map(({ outcome }) => outcome)).toEqual(['changed', 'created', 'removed']);
    expect(planned[0]?.change).toEqual({
      lines: ['maxDuration: 8h → 9h'],
      loosens: ['grants may last longer'],
    });
    expect(planned[0]?.rules.maxDuration).toBe(9 * HOUR);
    expect(await recordedState()).toEqual(before);
    expect(outcomes(await apply(set, { prune: true }))).toEqual(
      planned.map(({ uri, outcome }) => `${uri.slice(at('').length)} ${outcome}`),
    );
  });

  test('a dry run refuses what a real run would refuse', async () => {
    const everything = { '**': { autoApprove: { enabled: true, conditions: {} } } };
    expect(refusalOf(await apply(everything, { dryRun: true }))).toBe('invalid_input');
  });
});

describe('pruning', () => {
  test('pruning removes policies that are not in the set, and without it none is removed', async () => {
    unwrap(await apply({ 'a/*': {}, 'b/*': {}, 'c/*': {} }));
    unwrap(await apply({ 'b/*': {} }));
    expect(await activePolicies()).toEqual(['a/* 1', 'b/* 1', 'c/* 1']);
    expect(outcomes(await apply({ 'b/*': {} }, { prune: true }))).toEqual([
      'b/* unchanged',
      'a/* removed',
      'c/* removed',
    ]);
    expect(await activePolicies()).toEqual(['b/* 1']);
  });

  test('linting ignores policies that the same run removes', async () => {
    unwrap(await apply({ 'a/*': {} }));
    expect(refusalOf(await apply({ 'a/x': {}, 'a/**': {}, 'a/*/**': {} }))).toBe('invalid_input');
    const applied = await apply({ 'a/x': {}, 'a/**': {} }, { prune: true });
    expect(outcomes(applied)).toEqual(['a/** created', 'a/x created', 'a/* removed']);
  });

  test('a policy that is created again after its removal is a new policy', async () => {
    unwrap(await apply({ 'a/*': { maxUses: 3 } }));
    const { id } = await one('a/*');
    unwrap(await apply({}, { prune: true }));
    expect(await activePolicies()).toEqual([]);
    expect(outcomes(await apply({ 'a/*': {} }, { mode: 'merge' }))).toEqual(['a/* created']);
    const back = await one('a/*');
    expect(back).toMatchObject({ version: 1, maxUses: undefined });
    expect(back.id).not.toBe(id);
  });

  test('requests under a removed policy must be checked again', async () => {
    unwrap(await apply({ 'production/*': {} }));
    const { caller } = await services().agent();
    const approval = await services().ask(caller);
    unwrap(await apply({}, { prune: true }));
    const alice = await services().decider('alice@example.com');
    const decide = (verdict: 'approve' | 'deny') =>
      services().useCases.decide(alice, { approval: approval.id, verdict, reason: 'because' });
    expect(refusalOf(await decide('approve'))).toBe('policy_changed');
    expect(refusalOf(await decide('approve'))).toBe('policy_changed');
    unwrap(await apply({ '**': {} }));
    expect(refusalOf(await decide('approve'))).toBe('policy_changed');
    expect(unwrap(await decide('approve'))).toMatchObject({
      status: 'approved',
      policy: (await one('**')).id,
    });
  });
});
