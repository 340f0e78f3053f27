/** What a policy says where its writer is silent, and what it may not say at once. */

import type { Json } from '../../domain/canonical-json.js';
import {
  GRANT_DEFAULT,
  GRANT_MAX_DEFAULT,
  REASON_MIN_DEFAULT,
  REQUEST_TTL_DEFAULT,
} from '../../domain/limits.js';
import { type AutoApprove, isReadable } from '../../domain/policy/auto-approve.js';
import type { PolicyRules } from '../../domain/policy/policy.js';
import { ENTRY_POINTS } from '../../domain/vocabulary.js';

export function defaultRules(uri: string): PolicyRules {
  return {
    uri,
    name: uri,
    permissions: ['read'],
    requiresApproval: true,
    decideFrom: ENTRY_POINTS,
    minApprovals: 1,
    allowSelfApproval: false,
    minReasonLength: REASON_MIN_DEFAULT,
    requireDecisionReason: false,
    defaultDuration: GRANT_DEFAULT,
    maxDuration: GRANT_MAX_DEFAULT,
    requestTtl: REQUEST_TTL_DEFAULT,
    listed: true,
    mention: true,
  };
}

/** E-mails in lower case, nobody named twice; a shorter `maxDuration` takes the default duration with it. */
export function normalised(rules: PolicyRules): PolicyRules {
  return {
    ...rules,
    approvers: lowered(rules.approvers),
    escalateTo: lowered(rules.escalateTo),
    defaultDuration: Math.min(rules.defaultDuration, rules.maxDuration),
  };
}

function lowered(entries: readonly string[] | undefined): readonly string[] | undefined {
  return (
    entries && [
      ...new Set(entries.map((entry) => (entry.includes('@') ? entry.toLowerCase() : entry))),
    ]
  );
}

/** Everybody whom the policy names as one who may decide, written as `normalised` writes them. */
export function approverEntries({
  approvers = [],
  escalateTo = [],
}: Partial<Pick<PolicyRules, 'approvers' | 'escalateTo'>>): readonly string[] {
  return lowered([...approvers, ...escalateTo]) ?? [];
}

/** A sentence for the writer, or undefined when the rules agree with each other. */
export function contradiction(rules: PolicyRules): string | undefined {
  const { approvers = [], minApprovals, escalateTo, escalateAfter, requestTtl } = rules;
  const people = approvers.filter((entry) => !/^S[A-Z0-9]+$/.test(entry));
  if (approvers.length > 0 && people.length === approvers.length && people.length < minApprovals)
    return `minApprovals is ${minApprovals}, but only ${people.length} approvers are named.`;
  if ((escalateTo === undefined) !== (escalateAfter === undefined))
    return 'escalateTo and escalateAfter belong together: set both or neither.';
  if (escalateAfter !== undefined && escalateAfter >= requestTtl)
    return 'escalateAfter is not shorter than requestTtl: nobody would ever be asked.';
  return undefined;
}

/** The rules as an audit event may hold them. */
export function plainRules(rules: PolicyRules): { readonly [key: string]: Json | undefined } {
  const { autoApprove, ...plain } = rules;
  return { ...plain, autoApprove: autoApprove && plainAutoApprove(autoApprove) };
}

function plainAutoApprove(auto: AutoApprove): Json {
  if (!isReadable(auto)) return 'unreadable';
  const { enabled, conditions } = auto;
  const { timeWindow, requester, operations, maxDuration } = conditions;
  return {
    enabled,
    conditions: {
      timeWindow: timeWindow?.map(({ text }) => text),
      requester,
      operations,
      maxDuration,
    },
  };
}
