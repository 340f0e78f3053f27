/** When the further approvers of a policy may decide. The store applies the same rule in SQL, where it looks for requests that are due. */

import type { PolicyRules } from './policy.js';

/** Has the request waited for `escalateAfter`? Never for a policy without it. */
export function isEscalated(
  { escalateAfter }: Pick<PolicyRules, 'escalateAfter'>,
  requestedAt: Date,
  now: Date,
): boolean {
  if (escalateAfter === undefined) return false;
  return now.getTime() - requestedAt.getTime() >= escalateAfter;
}
