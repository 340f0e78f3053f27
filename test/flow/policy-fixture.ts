/** Separate services for each test that writes policies, with helpers to write policies and read the resulting state. */

import { afterEach, beforeEach, expect } from 'vitest';
import type { Result } from '../../src/domain/result.js';
import { sqlOn } from '../../src/store/sql.js';
import type { AppliedPolicy, PolicySet } from '../../src/usecases/policies/apply-policies.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, type Services, unwrap } from '../support/services.js';

export const ALICE = { approvers: ['alice@example.com'] };

type Mode = 'merge' | 'replace';

/** Sets up and tidies up around every test of the file that calls it. */
export function policyFixture() {
  let services: Services;
  beforeEach(async () => {
    services = await buildServices();
  });
  afterEach(async () => {
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
    await services.close();
  });

  const at = (path: string) => `vsecure://secrets/${path}`;

  const apply = (
    policies: Readonly<Record<string, PolicyChanges>>,
    options: Omit<PolicySet, 'writes'> & { readonly mode?: Mode } = {},
  ): Promise<Result<readonly AppliedPolicy[]>> => {
    const { mode = 'replace', ...set } = options;
    const writes = Object.entries(policies).map(([path, changes]) => ({
      uri: at(path),
      changes: { ...ALICE, ...changes },
      mode,
    }));
    return services.useCases.applyPolicies(services.admin, { ...set, writes });
  };

  const outcomes = (applied: Result<readonly AppliedPolicy[]>) =>
    unwrap(applied).map(({ uri, outcome }) => `${uri.slice(at('').length)} ${outcome}`);

  const activePolicies = async () =>
    (await services.store.policies.list()).map(
      ({ uri, version }) => `${uri.slice(at('').length)} ${version}`,
    );

  const one = async (path: string) => {
    const policy = (await services.store.policies.list()).find(({ uri }) => uri === at(path));
    if (!policy) throw new Error(`there is no policy of ${path}`);
    return policy;
  };

  const rows = <Row>(query: string) => sqlOn(services.database.dataSource)<Row>(query);

  /** The whole state that a change may affect. */
  const recordedState = async () => ({
    policies: await rows(
      'select id, uri, version, removed_at is null as in_force from policy order by id',
    ),
    changes: await rows('select policy_id, version from policy_change order by policy_id, version'),
    announced: await rows(
      `select subject from delivery where destination = 'slack_policy_change' order by subject`,
    ),
    audited: await rows(
      `select sequence from audit_event where body ->> 'type' = 'policy_changed'`,
    ),
    people: await rows('select email from person order by email'),
  });

  return {
    services: () => services,
    at,
    apply,
    outcomes,
    activePolicies,
    one,
    rows,
    recordedState,
  };
}
