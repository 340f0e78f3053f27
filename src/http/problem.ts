/** Problem documents (RFC 9457): the only form in which the API answers an error. None of them repeats what the client sent. */

import type { Response } from 'express';
import { PROBLEM_TYPE, type Problem, type ProblemCode } from '../contract/problem.js';
import { SECOND } from '../domain/limits.js';
import { explain, type Refusal } from '../domain/refusal.js';
import type { RefusalCode } from '../domain/vocabulary.js';
import { RETRY_AFTER_SECONDS } from '../ports/unavailable.js';

/** The HTTP status of each refusal. 403: this caller may not; 409: the current state does not allow it; 422: the request itself cannot be met. */
export const STATUS: Record<RefusalCode, number> = {
  invalid_input: 400,
  invalid_key: 401,
  key_suspended: 401,
  no_policy: 403,
  not_permitted: 403,
  not_a_requester: 403,
  approval_required: 403,
  own_request: 403,
  not_an_approver: 403,
  wrong_door: 403,
  person_inactive: 403,
  foreign_team: 403,
  unknown_person: 403,
  unverified_account: 403,
  invalid_code: 403,
  not_allowed: 403,
  not_found: 404,
  approvers_missing: 409,
  grant_ended: 409,
  version_conflict: 409,
  already_exists: 409,
  already_linked: 409,
  already_decided: 409,
  already_voted: 409,
  expired: 409,
  policy_changed: 409,
  shown_once: 409,
  invalid_resource: 422,
  mixed_policies: 422,
  idempotency_mismatch: 422,
  needs_value: 422,
  reason_missing: 422,
  reason_too_short: 422,
  invalid_duration: 422,
  duration_too_long: 422,
  cannot_widen: 422,
  nothing_in_common: 422,
  denied_recently: 429,
  too_many_pending: 429,
  too_many_requests: 429,
  too_many_codes: 429,
  unavailable: 503,
};

export interface ProblemFields {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  /** Of a 5xx: whether the request certainly changed nothing. */
  readonly undone?: boolean;
}

/** Sends a problem and returns its `instance`, for the log. */
export function sendProblem(
  res: Response,
  { status, code, detail, undone }: ProblemFields,
): string {
  const instance = `urn:uuid:${crypto.randomUUID()}`;
  const type = `urn:vsecure:problem:${code}`;
  const problem: Problem = { type, title: titleOf(code), status, detail, code, instance, undone };
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
  return instance;
}

/** Sends a refusal of a use case, with the refusal's own explanation. */
export function sendRefusal(res: Response, refusal: Refusal): void {
  const { code } = refusal;
  if ('retryAfter' in refusal)
    res.set('Retry-After', String(Math.ceil(refusal.retryAfter / SECOND)));
  if (code === 'unavailable') res.set('Retry-After', String(RETRY_AFTER_SECONDS));
  sendProblem(res, { status: STATUS[code], code, detail: explain(refusal) });
}

const titleOf = (code: ProblemCode) =>
  code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
