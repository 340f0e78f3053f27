/** REST: approvals. */

import { approvalRoutes, type WireApprovalDetail } from '../../contract/approval.js';
import { SECOND } from '../../domain/limits.js';
import { ok } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import { isSerious, type RiskSignal, signalText } from '../../domain/risk-signals.js';
import type { Access } from '../../usecases/approvals/approval-with-grant.js';
import type { UseCases } from '../../usecases/index.js';
import { readOptionalDuration } from '../durations.js';
import type { Serve } from '../serve-route.js';
import { wireAccessFor, wireApprovalFor } from '../wire/access.js';
import { mapPage, mapResult } from '../wire/map-result.js';

type ApprovalUseCases = Pick<
  UseCases,
  | 'requestAccess'
  | 'viewApprovals'
  | 'waitForDecision'
  | 'decide'
  | 'cancelRequest'
  | 'readCardFacts'
  | 'seesSignals'
>;

/** When `stopping` aborts, a waiting call answers at once with the approval's current state, so that the server can stop. */
export function serveApprovals(
  serve: Serve,
  useCases: ApprovalUseCases,
  stopping: AbortSignal,
): void {
  serve(approvalRoutes.request, async ({ caller, body, idempotencyKey }) => {
    const duration = readOptionalDuration(body.duration);
    if (!duration.ok) return duration;
    const ask = { ...body, duration: duration.value };
    const requested = await useCases.requestAccess(caller, ask, idempotencyKey);
    return mapResult(requested, wireAccessFor(caller));
  });

  serve(approvalRoutes.list, async ({ caller, query: { status, ...page } }) =>
    mapPage(await useCases.viewApprovals.list(caller, { status }, page), wireApprovalFor(caller)),
  );

  serve(approvalRoutes.show, async ({ caller, params }) => {
    const found = await useCases.viewApprovals.one(caller, params.id);
    return found.ok ? ok(await detail(useCases, caller, found.value)) : found;
  });

  serve(approvalRoutes.wait, async ({ caller, params, query, disconnected }) => {
    const signal = AbortSignal.any([disconnected, stopping]);
    const waiting = { ms: query.seconds * SECOND, signal };
    return mapResult(
      await useCases.waitForDecision(caller, params.id, waiting),
      wireAccessFor(caller),
    );
  });

  serve(approvalRoutes.decide, async ({ caller, params, body, idempotencyKey }) => {
    const duration = readOptionalDuration(body.duration);
    if (!duration.ok) return duration;
    const claim = body.door ? ` (client: ${body.door}, self-reported)` : '';
    const through = `key ${caller.key.id}${claim}`;
    const decision = {
      approval: params.id,
      verdict: body.action,
      reason: body.reason,
      sentBack: body.retry === 'with_changes',
      duration: duration.value,
      resources: body.resources,
      seen: body.digest,
    };
    const { key, owner: person } = caller;
    const decider = { person, entryPoint: 'api', through, key: key.id } as const;
    return mapResult(
      await useCases.decide(decider, decision, idempotencyKey),
      wireApprovalFor(caller),
    );
  });

  serve(approvalRoutes.cancel, async ({ caller, params, idempotencyKey }) =>
    mapResult(
      await useCases.cancelRequest(caller, params.id, idempotencyKey),
      wireApprovalFor(caller),
    ),
  );
}

/** Instants in UTC, to the minute. */
const wireSignal = (signal: RiskSignal) => ({
  kind: signal.kind,
  serious: isSerious(signal),
  text: signalText(signal, (iso) => iso.replace(/T(\d\d:\d\d).*/, ' $1 UTC')),
});

/** The approvers are shown to people who may decide, never to the agent that asks. */
async function detail(
  { readCardFacts, seesSignals }: Pick<UseCases, 'readCardFacts' | 'seesSignals'>,
  caller: Caller,
  found: Access,
): Promise<WireApprovalDetail> {
  const access = wireAccessFor(caller)(found);
  if (!may(caller, 'approvals:read')) return access;
  const facts = await readCardFacts(found.approval.id);
  if (!facts?.policy) return access;
  const { name, minApprovals, requireDecisionReason, sensitivity } = facts.policy;
  const approvals = facts.votes.filter(({ verdict }) => verdict === 'approve').length;
  const approvers = [...facts.approvers];
  return {
    ...access,
    deciding: {
      policyName: name,
      approvers,
      minApprovals,
      approvals,
      requireDecisionReason,
      sensitivity,
      signals: (await seesSignals(caller, facts)) ? facts.signals.map(wireSignal) : [],
    },
  };
}
