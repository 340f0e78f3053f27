/** Requests for patterns: what they may name, what a grant of them opens, and how approvers narrow them. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import { explain } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import type { Caller } from '../../src/domain/rights.js';
import type { Access } from '../../src/usecases/approvals/approval-with-grant.js';
import type { Decision } from '../../src/usecases/approvals/decide.js';
import type { AccessRequest } from '../../src/usecases/approvals/request-access.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, REASON, refusalOf, type Services, unwrap } from '../support/services.js';

let services: Services;
let agent: Caller;
let rounds = 0;
/** Every test has a folder of its own, with a policy for all of it. */
let top: string;
const at = (path: string) => `vsecure://secrets/${top}/${path}`;

beforeAll(async () => {
  services = await buildServices();
});
beforeEach(async () => {
  rounds += 1;
  top = `folder${rounds}`;
  agent = (await services.agent(`agent-${rounds}`)).caller;
  await policy('**');
  for (const path of ['A', 'B', 'C', 'deep/A']) await services.secret(path, at(path));
});
afterAll(() => services.close());

const policy = (path: string, changes: PolicyChanges = {}) =>
  services.policy({ approvers: ['alice@example.com', 'carol@example.com'], ...changes }, at(path));

const remove = async (path: string) => {
  const keep = (await services.store.policies.list()).filter(({ uri }) => uri !== at(path));
  const writes = keep.map(({ uri }) => ({ uri, changes: {}, mode: 'merge' }) as const);
  unwrap(await services.useCases.applyPolicies(services.admin, { writes, prune: true }));
};

const ask = (
  paths: readonly string[],
  more: Partial<AccessRequest> = {},
): Promise<Result<Access>> =>
  services.useCases.requestAccess(agent, {
    resources: paths.map(at),
    operation: 'read',
    reason: REASON,
    ...more,
  });

const pending = async (paths: readonly string[], more: Partial<AccessRequest> = {}) =>
  unwrap(await ask(paths, more)).approval;

async function decide(who: string, { id }: Approval, decision: Partial<Decision> = {}) {
  const decider = await services.decider(`${who}@example.com`);
  return services.useCases.decide(decider, { approval: id, verdict: 'approve', ...decision });
}

/** Asked and approved. */
async function approved(
  paths: readonly string[],
  more: Partial<AccessRequest> = {},
): Promise<Approval> {
  return unwrap(await decide('alice', await pending(paths, more)));
}

/** `open`, or the code of the refusal. */
async function read(path: string): Promise<string> {
  const answer = await services.useCases.readSecret(agent, { resource: at(path) });
  if (!answer.ok) return answer.refusal.code;
  expect(Buffer.from(answer.value.value).toString()).toBe(path);
  return 'open';
}

describe('the resources of one request', () => {
  test('a request may name up to twenty resources and patterns under one policy, in any order', async () => {
    const paths = Array.from({ length: 18 }, (_, one) => `X${one}`);
    const approval = await pending(['deep/*', ...paths, '*']);
    expect(approval.resources).toEqual(['*', ...paths, 'deep/*'].map(at).sort());
  });

  test('a request for no resource or for 21 resources is refused', async () => {
    const paths = Array.from({ length: 21 }, (_, one) => `X${one}`);
    for (const wrong of [paths, []])
      expect(await ask(wrong)).toMatchObject({ refusal: { code: 'invalid_input' } });
  });

  test('a resource that is named twice counts once', async () => {
    expect((await pending(['A', 'B', 'A'])).resources).toEqual([at('A'), at('B')]);
  });

  test('a request with an invalid pattern is refused', async () => {
    for (const wrong of ['**/A', 'A*', '../A', ''])
      expect(refusalOf(await ask(['B', wrong]))).toBe('invalid_resource');
  });

  test('a request under several policies is refused with the groups to request separately', async () => {
    await policy('deep/*', { minApprovals: 2 });
    await policy('B');
    const answer = await ask(['A', 'B', 'C', 'deep/A', 'deep/*', 'other/*']);
    if (answer.ok) throw new Error('this was expected to be refused');
    const groups = [['A', 'C', 'other/*'], ['B'], ['deep/*', 'deep/A']];
    expect(answer.refusal).toEqual({
      code: 'mixed_policies',
      groups: groups.map((paths) => paths.map(at)),
    });
    expect(explain(answer.refusal)).toContain(
      `Send one request for each group: ${at('A')}, ${at('C')}, ${at('other/*')} | ${at('B')} | `,
    );
    for (const group of groups) expect((await pending(group)).status).toBe('pending');
  });

  test('a pattern that no policy covers completely is refused', async () => {
    const above = {
      resources: ['vsecure://secrets/*/A'],
      operation: 'read',
      reason: REASON,
    } as const;
    expect(refusalOf(await services.useCases.requestAccess(agent, above))).toBe('no_policy');
  });
});

describe('a granted pattern', () => {
  test('a granted pattern gives access to the resources that it covers, and to no others', async () => {
    await approved(['*']);
    expect([await read('A'), await read('B'), await read('deep/A')]).toEqual([
      'open',
      'open',
      'approval_required',
    ]);
  });

  test('a granted pattern gives no access to resources under a stricter policy', async () => {
    await policy('B', { minApprovals: 2 });
    await approved(['**']);
    expect([await read('A'), await read('B'), await read('deep/A')]).toEqual([
      'open',
      'not_permitted',
      'open',
    ]);
  });

  test('a granted pattern gives no access to resources under a more specific policy that was created later', async () => {
    await approved(['**']);
    expect([await read('A'), await read('deep/A')]).toEqual(['open', 'open']);
    await policy('deep/*');
    expect([await read('A'), await read('deep/A')]).toEqual(['open', 'not_permitted']);
  });

  test('a granted pattern gives access again after the more specific policy is removed', async () => {
    await policy('deep/*');
    await approved(['**']);
    expect(await read('deep/A')).toBe('not_permitted');
    await remove('deep/*');
    expect(await read('deep/A')).toBe('open');
  });

  test('a granted pattern gives no access once its policy no longer permits reading', async () => {
    await approved(['*']);
    await policy('**', { permissions: ['list'] });
    expect(await read('A')).toBe('not_permitted');
    await policy('**', { permissions: ['read'] });
    expect(await read('A')).toBe('open');
  });

  test('a granted pattern gives no access once its policy is removed', async () => {
    await approved(['*']);
    expect(await read('A')).toBe('open');
    await remove('**');
    expect(await read('A')).toBe('not_permitted');
  });

  test('a granted pattern gives no access under a new policy of the same pattern', async () => {
    await approved(['*']);
    await remove('**');
    await policy('**');
    expect(await read('A')).toBe('not_permitted');
    const again = await pending(['*']);
    expect(again.status).toBe('pending');
    unwrap(await decide('alice', again));
    expect(await read('A')).toBe('open');
  });

  test('a granted pattern gives no access under a broader policy after its own policy is removed', async () => {
    await policy('deep/*');
    await approved(['deep/*']);
    expect(await read('deep/A')).toBe('open');
    await remove('deep/*');
    expect(await read('deep/A')).toBe('not_permitted');
  });

  test('other changes of the policy do not affect a granted pattern', async () => {
    await approved(['*']);
    await policy('**', { minApprovals: 2, maxDuration: MINUTE });
    expect(await read('A')).toBe('open');
  });
});

describe('a request that an active grant already covers', () => {
  const answered = async (paths: readonly string[], more: Partial<AccessRequest> = {}) => {
    const { approval, grant } = unwrap(await ask(paths, more));
    return { status: approval.status, id: approval.id, granted: grant?.resources };
  };

  test('the active grant is returned, also for a part of it and for a narrower pattern', async () => {
    const { id } = await approved(['**']);
    for (const paths of [['**'], ['*'], ['A'], ['A', 'deep/A'], ['deep/**', 'B']])
      expect(await answered(paths)).toEqual({ status: 'approved', id, granted: [at('**')] });
  });

  test('an active grant does not cover a broader pattern or other resources', async () => {
    await approved(['*']);
    for (const paths of [['**'], ['A', 'deep/A'], ['deep/*']])
      expect(await answered(paths)).toMatchObject({ status: 'pending', granted: undefined });
  });

  test('an active grant does not cover resources under a stricter policy', async () => {
    await approved(['**']);
    await policy('deep/*');
    expect(await answered(['deep/A'])).toMatchObject({ status: 'pending' });
    expect(await answered(['A'])).toMatchObject({ status: 'approved' });
  });

  test('a new approval is created with renew, by another key, for another operation, and after the grant’s end', async () => {
    await policy('**', { permissions: ['read', 'write'] });
    const { id } = await approved(['*']);
    expect(await answered(['A'], { renew: true })).toMatchObject({ status: 'pending' });
    expect(await answered(['B'], { operation: 'write' })).toMatchObject({ status: 'pending' });
    const first = agent;
    agent = (await services.agent(`neighbour-${rounds}`)).caller;
    expect(await answered(['B'])).toMatchObject({ status: 'pending' });
    agent = first;
    const { grant } = unwrap(await services.useCases.viewApprovals.one(agent, id));
    if (!grant) throw new Error('there is no grant');
    unwrap(await services.useCases.releaseGrant(agent, grant.id));
    expect(await answered(['C'])).toMatchObject({ status: 'pending' });
  });

  test('a request is covered only if a single grant covers all of it', async () => {
    await approved(['A']);
    await approved(['B']);
    expect(await answered(['A', 'B'])).toMatchObject({ status: 'pending' });
  });
});

describe('an approver narrows', () => {
  const grantOf = async ({ id }: Approval) => {
    const grant = await services.store.grants.ofApproval(id);
    return grant && [grant.resources, grant.endsAt.getTime() - grant.startsAt.getTime()];
  };

  test('an approver can reduce resources and duration, and the grant covers only those', async () => {
    const approval = await pending(['A', 'B', 'deep/*']);
    const resources = ['deep/*', 'A'].map(at);
    const settled = unwrap(await decide('alice', approval, { resources, duration: HOUR / 2 }));
    expect(settled).toMatchObject({
      status: 'approved',
      resources: ['A', 'B', 'deep/*'].map(at),
      grantedResources: ['A', 'deep/*'].map(at),
    });
    expect(await grantOf(approval)).toEqual([['A', 'deep/*'].map(at), HOUR / 2]);
    expect([await read('A'), await read('B'), await read('deep/A')]).toEqual([
      'open',
      'approval_required',
      'open',
    ]);
    expect((await pending(['B'])).status).toBe('pending');
    expect((await pending(['A'])).id).toBe(approval.id);
  });

  test.each<[string, string[]]>([
    ['what was not asked for', ['A', 'C']],
    ['a part of a pattern, which was not on the card', ['deep/A']],
    ['a broader pattern', ['deep/**']],
    ['nothing', []],
  ])('an approver cannot change a request to %s', async (_, paths) => {
    const approval = await pending(['A', 'B', 'deep/*']);
    const answer = await decide('alice', approval, { resources: paths.map(at) });
    expect(refusalOf(answer)).toBe('cannot_widen');
    expect((await services.store.approvals.find(approval.id))?.status).toBe('pending');
  });

  test('with a quorum the grant covers the resources that all approvers chose', async () => {
    await policy('**', { minApprovals: 2 });
    const approval = await pending(['A', 'B', 'C']);
    unwrap(await decide('alice', approval, { resources: [at('A'), at('B')] }));
    const settled = await decide('carol', approval, { resources: [at('C'), at('B')] });
    expect(unwrap(settled)).toMatchObject({ grantedResources: [at('B')] });
    expect(await grantOf(approval)).toEqual([[at('B')], HOUR]);
    expect([await read('A'), await read('B')]).toEqual(['approval_required', 'open']);
  });

  test('approvers of a quorum without a common resource get a refusal and can choose again', async () => {
    await policy('**', { minApprovals: 2 });
    const approval = await pending(['A', 'B']);
    unwrap(await decide('alice', approval, { resources: [at('A')] }));
    const answer = await decide('carol', approval, { resources: [at('B')] });
    expect(refusalOf(answer)).toBe('nothing_in_common');
    const settled = await decide('carol', approval, { duration: MINUTE });
    expect(unwrap(settled)).toMatchObject({ status: 'approved', grantedResources: [at('A')] });
    expect(await grantOf(approval)).toEqual([[at('A')], MINUTE]);
  });

  test('a vote that became void with its policy does not reduce the grant', async () => {
    await policy('**', { minApprovals: 2 });
    const approval = await pending(['A', 'B']);
    unwrap(await decide('alice', approval, { resources: [at('A')] }));
    await policy('**', { minApprovals: 1 });
    expect(refusalOf(await decide('carol', approval))).toBe('policy_changed');
    expect(unwrap(await decide('carol', approval))).toMatchObject({
      grantedResources: [at('A'), at('B')],
    });
  });
});

test('the database invariants hold after all tests of patterns', async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});
