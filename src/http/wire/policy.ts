/** Policies from the domain, where durations are milliseconds and windows are read, to the wire, where both are text. */

import type { WirePolicy } from '../../contract/policy.js';
import type { WireAppliedPolicy } from '../../contract/policy-set.js';
import { formatDuration } from '../../domain/duration.js';
import type { AutoApprove } from '../../domain/policy/auto-approve.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { AppliedPolicy } from '../../usecases/policies/apply-policies.js';

export function wirePolicy(policy: Policy): WirePolicy {
  const { permissions, decideFrom, approvers, requesters, escalateTo } = policy;
  const { defaultDuration, maxDuration, requestTtl, escalateAfter, autoApprove } = policy;
  return {
    ...policy,
    permissions: [...permissions],
    approvers: approvers && [...approvers],
    requesters: requesters && [...requesters],
    decideFrom: [...decideFrom],
    escalateTo: escalateTo && [...escalateTo],
    autoApprove: autoApprove && wireAutoApprove(autoApprove),
    defaultDuration: formatDuration(defaultDuration),
    maxDuration: formatDuration(maxDuration),
    requestTtl: formatDuration(requestTtl),
    escalateAfter: escalateAfter === undefined ? undefined : formatDuration(escalateAfter),
  };
}

function wireAutoApprove({ enabled, conditions }: AutoApprove): WirePolicy['autoApprove'] {
  const { timeWindow, requester, operations, maxDuration } = conditions;
  return {
    enabled,
    conditions: {
      timeWindow: timeWindow?.map(({ text }) => text),
      requester: requester && [...requester],
      operations: operations && [...operations],
      maxDuration: maxDuration === undefined ? undefined : formatDuration(maxDuration),
    },
  };
}

export function wireApplied({
  uri,
  outcome,
  change,
  warnings,
}: Omit<AppliedPolicy, 'rules'>): WireAppliedPolicy {
  const { lines, loosens } = change;
  return { uri, outcome, lines: [...lines], loosens: [...loosens], warnings: [...warnings] };
}
