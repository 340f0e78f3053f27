/** Set the policy of one pattern: merge into the present policy, or replace it. */

import type { Policy } from '../../domain/policy/policy.js';
import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { IdempotencyKey } from '../idempotent.js';
import type { ApplyPolicies } from './apply-policies.js';
import type { PolicyChanges } from './policy-write.js';

export type { PolicyChanges } from './policy-write.js';

export interface Configured {
  readonly policy: Policy;
  /** Sentences for the author; the policy is in force all the same. */
  readonly warnings: readonly string[];
}

export type ConfigureResource = (
  caller: Caller,
  uri: string,
  changes: PolicyChanges,
  mode: 'merge' | 'replace',
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Configured>>;

export function createConfigureResource(applyPolicies: ApplyPolicies): ConfigureResource {
  return async (caller, uri, changes, mode, idempotencyKey) => {
    const applied = await applyPolicies(
      caller,
      { writes: [{ uri, changes, mode }] },
      idempotencyKey,
    );
    if (!applied.ok) return applied;
    const [one] = applied.value;
    if (!one?.policy) throw new Error('the policy that was written is missing');
    return ok({ policy: one.policy, warnings: one.warnings });
  };
}
