/** List the policies in force: all of them for keys that may manage or decide, and for admins and auditors; otherwise those that concern the person. */

import type { Person } from '../../domain/person.js';
import type { Policy } from '../../domain/policy/policy.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { Store } from '../../ports/index.js';
import { type Viewer, visibilityOf } from '../authorization/viewer.js';

export type ShowPolicies = (viewer: Viewer) => Promise<Result<readonly Policy[]>>;

export function createShowPolicies(
  store: Store,
  defaultApprovers: readonly string[],
): ShowPolicies {
  return async (viewer) => {
    if (!('principal' in viewer))
      return ok(await policiesConcerning(store, defaultApprovers, viewer));
    if (seesPolicies(viewer)) return ok(await store.policies.list());
    return refused({ code: 'not_allowed', needs: 'the scope resources:manage or approvals:read' });
  };
}

/** No agent can see a policy, because policies name people. */
export function seesPolicies(caller: Caller): boolean {
  return may(caller, 'resources:manage') || may(caller, 'approvals:read');
}

/** Policies under which the person approves, and those of requests by the person's keys. */
async function policiesConcerning(
  store: Store,
  defaultApprovers: readonly string[],
  person: Person,
) {
  const all = await store.policies.list();
  const visibility = await visibilityOf({ store, defaultApprovers }, person);
  if (visibility.everything) return all;
  const asked = await store.approvals.policiesRequested(visibility.principals);
  return all.filter(({ id }) => visibility.policies.includes(id) || asked.includes(id));
}
