/** Policies of the domain as answers show them. */

import type { WirePolicy } from '../../contract/policy.js';
import type { WireAppliedPolicy } from '../../contract/policy-set.js';
import type { Policy } from '../../domain/policy/policy.js';
import { FIELDS, POLICY_FIELDS, type PolicyField } from '../../domain/policy/policy-fields.js';
import type { AppliedPolicy } from '../../usecases/policies/apply-policies.js';
import { CODECS } from './policy-values.js';

/** The compiler names a field of the domain's policy that the wire lacks. */
const LACKING: Record<
  Exclude<PolicyField, keyof WirePolicy>,
  'add it to contract/policy-fields'
> = {};

export function wirePolicy({ id, version, ...rules }: Policy): WirePolicy {
  const entries = POLICY_FIELDS.map((field) => [field, wireField(field, rules[field])] as const);
  const fields = Object.fromEntries(entries) as Omit<WirePolicy, 'id' | 'version'>;
  return { id, version, ...fields, ...LACKING };
}

const wireField = (field: PolicyField, value: unknown): unknown =>
  value === undefined ? undefined : CODECS[FIELDS[field].form].write(value);

export function wireApplied({
  uri,
  outcome,
  change,
  warnings,
}: Omit<AppliedPolicy, 'rules'>): WireAppliedPolicy {
  const { lines, loosens } = change;
  return { uri, outcome, lines: [...lines], loosens: [...loosens], warnings: [...warnings] };
}
