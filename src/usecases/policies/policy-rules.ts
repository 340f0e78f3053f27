/** What a policy may not say at once, and how it is written down. */

import { canonicalEntries, isGroupEntry } from '../../domain/approver-entry.js';
import type { Json } from '../../domain/canonical-json.js';
import { plainAutoApproval } from '../../domain/policy/auto-approve.js';
import type { PolicyRules } from '../../domain/policy/policy.js';
import { canonicalRequesters } from '../../domain/requester-entry.js';

/** Approvers and requesters in canonical form, each of them once; a shorter `maxDuration` also shortens the default duration. */
export function normalised(rules: PolicyRules): PolicyRules {
  const { approvers, escalateTo, requesters, defaultDuration, maxDuration } = rules;
  return {
    ...rules,
    approvers: approvers && canonicalEntries(approvers),
    escalateTo: escalateTo && canonicalEntries(escalateTo),
    requesters: requesters && canonicalRequesters(requesters),
    defaultDuration: Math.min(defaultDuration, maxDuration),
  };
}

/** Every entry that names a person who may decide under the policy, in canonical form. */
export function approverEntries({
  approvers = [],
  escalateTo = [],
}: Partial<Pick<PolicyRules, 'approvers' | 'escalateTo'>>): readonly string[] {
  return canonicalEntries([...approvers, ...escalateTo]);
}

/** A sentence for the author, or undefined when the rules agree with each other. */
export function contradiction(rules: PolicyRules): string | undefined {
  const { approvers = [], minApprovals, escalateTo, escalateAfter, requestTtl } = rules;
  const canCount = approvers.length > 0 && !approvers.some(isGroupEntry);
  if (canCount && approvers.length < minApprovals)
    return `minApprovals is ${minApprovals}, but only ${approvers.length} approvers are named.`;
  if ((escalateTo === undefined) !== (escalateAfter === undefined))
    return 'escalateTo and escalateAfter belong together: set both or neither.';
  if (escalateAfter !== undefined && escalateAfter >= requestTtl)
    return 'escalateAfter is not shorter than requestTtl, so the request would expire before anyone in escalateTo is asked.';
  return undefined;
}

/** The rules as an audit event holds them. */
export function plainRules(rules: PolicyRules): { readonly [key: string]: Json | undefined } {
  const { autoApprove, ...plain } = rules;
  return { ...plain, autoApprove: autoApprove && plainAutoApproval(autoApprove) };
}
