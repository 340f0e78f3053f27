/** Evaluate a request under a policy before any approver is asked. Requesting, explaining and simulating share this. No I/O, no clock. */

import { type AutoApprovalReport, judgeAutoApproval } from '../../domain/policy/auto-approve.js';
import { judge, type PolicyRules, type Question } from '../../domain/policy/policy.js';
import { ok, type Result } from '../../domain/result.js';

export interface EvaluatedRequest {
  /** Duration of the grant in milliseconds. */
  readonly duration: number;
  /** Undefined where auto-approval is off. */
  readonly report?: AutoApprovalReport | undefined;
  /** The request is granted without an approver. */
  readonly grantedImmediately: boolean;
  /** Uses that the grant allows. Undefined: no limit. */
  readonly maxUses?: number | undefined;
}

/** `at` is a time of the database's clock. Refuses requests that the policy does not allow. */
export function evaluateRequest(
  policy: PolicyRules,
  question: Question,
  at: Date,
): Result<EvaluatedRequest> {
  const duration = judge(policy, question);
  if (!duration.ok) return duration;
  const { requester, operation } = question;
  const asked = { requester: requester.name, operation, duration: duration.value, at };
  const auto = policy.autoApprove;
  const report = auto?.enabled ? judgeAutoApproval(auto, asked) : undefined;
  const grantedImmediately = !policy.requiresApproval || report?.granted === true;
  const { maxUses } = policy;
  return ok({ duration: duration.value, report, grantedImmediately, maxUses });
}

/** Does a policy's condition give this grant a limited number of uses? Then uses of earlier grants count on. */
export const countsOn = ({ report, maxUses }: EvaluatedRequest, policy: PolicyRules): boolean =>
  policy.requiresApproval && report?.granted === true && maxUses !== undefined;

/** An automatic grant gets the uses that earlier ones left. When none are left, a person decides. */
export function withEarlierUses(evaluated: EvaluatedRequest, earlier: number): EvaluatedRequest {
  const { report, maxUses } = evaluated;
  if (!report || maxUses === undefined) return evaluated;
  if (earlier < maxUses) return { ...evaluated, maxUses: maxUses - earlier };
  const spent = `${earlier} uses are granted without a person already, at most ${maxUses}`;
  const failed = [...report.failed, { condition: 'maxUses', text: spent }];
  return { ...evaluated, report: { ...report, granted: false, failed }, grantedImmediately: false };
}
