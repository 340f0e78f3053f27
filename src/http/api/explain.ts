/** REST: what a request would lead to, and what past requests would have led to under other policies. */

import { explainRoute, type WireExplanation } from '../../contract/explain.js';
import { policySetRoutes, type WireSimulation } from '../../contract/policy-set.js';
import { formatDuration } from '../../domain/duration.js';
import { momentOf } from '../../domain/instant.js';
import type { UseCases } from '../../usecases/index.js';
import type { Explanation } from '../../usecases/policies/explain-access.js';
import type { Simulation } from '../../usecases/policies/simulate-policies.js';
import { readOptionalDuration } from '../durations.js';
import type { Serve } from '../serve-route.js';
import { mapResult } from '../wire/map-result.js';
import { readDocuments } from '../wire/policy-document.js';
import { replaceWith } from './resources.js';

/** `now` only turns "30d ago" into a date. */
export function serveExplain(
  serve: Serve,
  useCases: Pick<UseCases, 'explainAccess' | 'simulatePolicies'>,
  now: () => Date,
): void {
  serve(explainRoute, async ({ caller, query: { resource, operation, as, ...rest } }) => {
    const duration = readOptionalDuration(rest.duration);
    if (!duration.ok) return duration;
    const at = rest.at === undefined ? undefined : new Date(rest.at);
    const question = { resource, operation, as, at, duration: duration.value };
    const explained = await useCases.explainAccess(caller, question);
    return mapResult(explained, (found) => ({ resource, operation, ...wireExplanation(found) }));
  });

  serve(policySetRoutes.simulate, async ({ caller, body: { policies, prune, since: text } }) => {
    const read = await readDocuments(policies);
    if (!read.ok) return read;
    const since = momentOf(text, now());
    const proposal = { writes: read.value.map(replaceWith), prune, since };
    return mapResult(await useCases.simulatePolicies(caller, proposal), (found) => ({
      since: since.toISOString(),
      ...wireSimulation(found),
    }));
  });
}

function wireExplanation(found: Explanation): Omit<WireExplanation, 'resource' | 'operation'> {
  const { requester, outcome, refusal, why, duration, rules, report, limits } = found;
  return {
    requester,
    outcome,
    code: refusal?.code,
    why,
    duration: duration === undefined ? undefined : formatDuration(duration),
    defaultDuration: rules && formatDuration(rules.defaultDuration),
    maxDuration: rules && formatDuration(rules.maxDuration),
    minReasonLength: rules?.minReasonLength,
    conditions: report && { held: [...report.held], failed: [...report.failed] },
    limits,
    ...policyFields(found),
  };
}

/** The fields that only callers who may see policies get. */
function policyFields({
  policy,
  approvers,
}: Explanation): Pick<WireExplanation, 'policy' | 'deciding'> {
  if (!policy) return {};
  const { id, uri, name, version, minApprovals, escalateTo, escalateAfter } = policy;
  return {
    policy: { id, uri, name, version },
    deciding: approvers && {
      approvers: [...approvers],
      minApprovals,
      escalateTo: escalateTo && [...escalateTo],
      escalateAfter: escalateAfter === undefined ? undefined : formatDuration(escalateAfter),
    },
  };
}

const wireSimulation = ({ changes, ...counts }: Simulation): Omit<WireSimulation, 'since'> => ({
  ...counts,
  changes: changes.map(({ at, resources, ...change }) => ({
    ...change,
    at: at.toISOString(),
    resources: [...resources],
  })),
});
