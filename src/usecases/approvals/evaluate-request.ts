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
  return ok({ duration: duration.value, report, grantedImmediately });
}
