/** Which policies are in force, for whoever may manage or decide. */

import type { Policy } from '../domain/policy.js';
import type { Store } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import { type Caller, may } from '../domain/rights.js';

export type ShowPolicies = (caller: Caller) => Promise<Result<readonly Policy[]>>;

export function createShowPolicies(store: Store): ShowPolicies {
  return async (caller) => {
    if (!seesPolicies(caller))
      return refused({
        code: 'not_allowed',
        needs: 'the scope resources:manage or approvals:read',
      });
    return { ok: true, value: await store.policies.list() };
  };
}

/** Policies name people, so no agent can ever see one. */
export function seesPolicies(caller: Caller): boolean {
  return may(caller, 'resources:manage') || may(caller, 'approvals:read');
}
