/** Set the policy of one pattern: merged into what is there, or replacing it. */

import type { Policy } from '../../domain/policy/policy.js';
import type { Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { IdempotencyKey } from '../idempotent.js';
import type { ApplyPolicies } from './apply-policies.js';
import type { PolicyChanges } from './policy-write.js';

export type { PolicyChanges } from './policy-write.js';

export interface Configured {
  readonly policy: Policy;
  /** What the writer should know: the policy holds all the same. */
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
    if (!one?.policy) throw new Error('a policy was written, and is not there');
    return { ok: true, value: { policy: one.policy, warnings: one.warnings } };
  };
}
