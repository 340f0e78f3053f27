/** One policy as its author wants it written, and the rules that follow. */

import { parsePattern } from '../../domain/pattern.js';
import type { PolicyRules } from '../../domain/policy/policy.js';
import { defaultRules } from '../../domain/policy/policy-fields.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { contradiction, normalised } from './policy-rules.js';

/** The fields of a policy that its author sets. Durations in milliseconds. */
export type PolicyChanges = Partial<Omit<PolicyRules, 'uri'>>;

export interface PolicyWrite {
  readonly uri: string;
  readonly changes: PolicyChanges;
  readonly mode: 'merge' | 'replace';
}

/** A refusal when a pattern is outside the grammar or in the set twice, else undefined. */
export function whyNotWritten(writes: readonly PolicyWrite[]) {
  for (const { uri } of writes) {
    const pattern = parsePattern(uri);
    if (!pattern.ok) return pattern;
  }
  const uris = writes.map(({ uri }) => uri);
  const twice = uris.find((uri, place) => uris.indexOf(uri) !== place);
  if (twice === undefined) return undefined;
  return refused({ code: 'invalid_input', problem: `${twice} is in the set twice.` });
}

/** `before` is the present policy of this pattern, if there is one. Refuses rules that contradict each other. */
export function rulesAfter(
  before: PolicyRules | undefined,
  { uri, changes, mode }: PolicyWrite,
): Result<PolicyRules> {
  const base = mode === 'merge' && before ? before : defaultRules(uri);
  const rules = normalised({ ...base, ...changes, uri });
  const problem = contradiction(rules);
  if (problem) return refused({ code: 'invalid_input', problem: `${uri}: ${problem}` });
  return ok(rules);
}
