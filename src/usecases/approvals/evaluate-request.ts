/** What a policy says of a request before anybody is asked: the part that asking, explaining and simulating share. No I/O, no clock. */

import { type AutoApprovalReport, judgeAutoApproval } from '../../domain/policy/auto-approve.js';
import { judge, type PolicyRules, type Question } from '../../domain/policy/policy.js';
import { ok, type Result } from '../../domain/result.js';

export interface EvaluatedRequest {
  /** Milliseconds that a grant would last. */
  readonly duration: number;
  /** Undefined where auto-approval is off. */
  readonly report?: AutoApprovalReport | undefined;
  /** No person is needed. */
  readonly grantedImmediately: boolean;
}

/** `at` is a moment of the database's clock. Refuses what may not be asked at all. */
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
