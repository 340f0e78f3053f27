/** Set the policy of one pattern: merged into what is there, or replacing it. */

import type { Policy } from '../domain/policy.js';
import type { Store } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
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
) => Promise<Result<Configured>>;

export function createConfigureResource(
  store: Store,
  applyPolicies: ApplyPolicies,
): ConfigureResource {
  return async (caller, uri, changes, mode) => {
    const applied = await applyPolicies(caller, { writes: [{ uri, changes, mode }] });
    if (!applied.ok) return applied;
    const [policy] = await store.policies.matching([uri]);
    const warnings = applied.value.flatMap((one) => one.warnings);
    return policy
      ? { ok: true, value: { policy, warnings } }
      : refused({ code: 'version_conflict' });
  };
}
