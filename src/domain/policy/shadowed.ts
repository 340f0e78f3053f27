/** Policies that can never decide a request, because more specific policies decide all their resources. */

import { URI_MAX_SEGMENTS } from '../limits.js';
import type { PolicyRules } from './policy.js';
import type { PolicyIndex } from './policy-index.js';

/**
 * The policies that decide every resource of the pattern; empty when the pattern's own policy decides one. `known` holds
 * all policies.
 *
 * It is enough to look at each depth with every wildcard left as `*`. A policy that covers all of `a/*` does so without naming
 * what stands for the `*`, and there are always more names: the policy that decides `a/*` as a whole decides every name that no policy names.
 */
export function shadowedBy(
  known: PolicyIndex<Pick<PolicyRules, 'uri'>>,
  pattern: string,
): readonly string[] {
  const deciders = depths(pattern).map((depth) => known.deciding(depth)?.uri);
  if (deciders.includes(pattern)) return [];
  return [...new Set(deciders)].filter((uri) => uri !== undefined);
}

// `a/**` is `a/*`, `a/*/*` and so on, down to the deepest resource there can be.
function depths(pattern: string): readonly string[] {
  const [scheme, rest = ''] = pattern.split('://');
  if (!rest.endsWith('/**')) return [pattern];
  const fixed = rest.slice(0, -'/**'.length);
  const deepest = URI_MAX_SEGMENTS - (fixed.split('/').length - 1);
  return Array.from(
    { length: deepest },
    (_, deeper) => `${scheme}://${fixed}${'/*'.repeat(deeper + 1)}`,
  );
}
