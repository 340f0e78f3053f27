/** What a change of a policy does, as sentences: for the announcement, the audit event and `--dry-run`. */

import type { PolicyRules } from './policy.js';
import { FIELDS, POLICY_FIELDS, type PolicyField } from './policy-fields.js';

export interface PolicyChange {
  /** One for each field that differs, such as `maxDuration: 1h → 8h`. */
  readonly lines: readonly string[];
  /** Why more is possible after it than before. Empty: nothing is looser. */
  readonly loosens: readonly string[];
}

/** The difference between two versions of a policy. Undefined: there is none before, or none after. */
export function describeChange(
  before: PolicyRules | undefined,
  after: PolicyRules | undefined,
): PolicyChange {
  return { lines: differences(before, after), loosens: loosenings(before, after) };
}

function differences(
  before: PolicyRules | undefined,
  after: PolicyRules | undefined,
): readonly string[] {
  if (before && after)
    return POLICY_FIELDS.filter(
      (field) => described(field, before) !== described(field, after),
    ).map((field) => `${field}: ${described(field, before)} → ${described(field, after)}`);
  const rules = before ?? after;
  if (!rules) return [];
  const facts = POLICY_FIELDS.map((field) => `${field}: ${described(field, rules)}`);
  return [after ? 'new policy' : 'policy removed', ...facts];
}

/**
 * Field by field: a change that tightens one field must not hide what it opens in another. A new or removed policy loosens, because
 * another policy decided before, or decides from now on.
 */
function loosenings(
  before: PolicyRules | undefined,
  after: PolicyRules | undefined,
): readonly string[] {
  if (before && after)
    return POLICY_FIELDS.flatMap((field) => loosening(field, before, after) || []);
  if (after) return after.permissions.length > 0 ? ['new policy: this can now be requested'] : [];
  return before ? ['the next broader policy decides from now on, if there is one'] : [];
}

const described = <F extends PolicyField>(field: F, rules: PolicyRules): string =>
  FIELDS[field].describe(rules[field]);

const loosening = <F extends PolicyField>(field: F, before: PolicyRules, after: PolicyRules) =>
  FIELDS[field].loosens(before[field], after[field], { before, after });
