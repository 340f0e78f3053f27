/** Finds the policies of a resource by one lookup for each pattern that could cover it, however many policies there are. */

import { coveringPatterns } from '../pattern.js';
import type { PolicyRules } from './policy.js';

export interface PolicyIndex<P extends PolicyRules = PolicyRules> {
  /** The policies that cover this resource or pattern, most specific first. The first one decides. */
  covering(resource: string): readonly P[];
}

/** Of two policies for one pattern, the later one counts. */
export function createPolicyIndex<P extends PolicyRules>(policies: readonly P[]): PolicyIndex<P> {
  const byPattern = new Map(policies.map((policy) => [policy.uri, policy]));
  return {
    covering: (resource) =>
      coveringPatterns(resource).flatMap((pattern) => byPattern.get(pattern) ?? []),
  };
}
