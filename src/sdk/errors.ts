/** The only error class of the SDK. Programs check `code`; people read `message` and `next`. */

import type { Problem, ProblemCode } from '../contract/problem.js';

/** Errors that the client itself detects. */
export type ClientCode = 'not_configured' | 'unreachable' | 'timeout' | 'unexpected_answer';

/** All error codes that this version of vsecure knows. */
export type ErrorCode = ProblemCode | ClientCode;

interface Details {
  readonly status?: number;
  readonly next?: string | undefined;
  readonly reference?: string;
  readonly retryAfterMs?: number | undefined;
  /** Default: false. */
  readonly undone?: boolean;
  readonly cause?: unknown;
}

/** Every client method rejects with this error. If the caller's signal aborts, it rejects with the signal's reason instead. */
export class VSecureError extends Error {
  override readonly name = 'VSecureError';
  /** Stable. A newer server may send codes that are not in `ErrorCode`. */
  readonly code: ErrorCode | (string & {});
  /** HTTP status, if the server answered. */
  readonly status: number | undefined;
  /** What to do next, if the message does not already say so. */
  readonly next: string | undefined;
  /** Identifies this occurrence in the server's log. */
  readonly reference: string | undefined;
  /** Milliseconds to wait before the next attempt, as requested by the server. */
  readonly retryAfterMs: number | undefined;
  /** True when the server certainly did not carry out the request. False when it may have. */
  readonly undone: boolean;

  constructor(code: VSecureError['code'], message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.next = details.next;
    this.reference = details.reference;
    this.retryAfterMs = details.retryAfterMs;
    this.undone = details.undone ?? false;
  }
}

const NEXT: Partial<Record<string, string>> = {
  unauthorized: 'Set VSECURE_API_KEY to your API key.',
  invalid_key: 'Set VSECURE_API_KEY to a key that is not revoked or expired.',
  not_allowed: 'To see what your key may do, run: vsecure auth:scopes',
  approval_required: 'Request access with client.mcp.requestApproval, then wait for the decision.',
  grant_ended: 'Request access again with client.mcp.requestApproval.',
  policy_changed: 'Read the request again, then repeat your decision.',
  not_found: 'Check the id, and that your key has access.',
  rate_limited: 'Wait, then send fewer requests.',
  idempotency_mismatch: 'Use a new idempotency key for each new change.',
};

/** Converts a problem document to an error. */
export function errorFromProblem(problem: Problem, retryAfterMs?: number): VSecureError {
  const { code, detail, status, instance } = problem;
  const next = code === 'internal' ? `Search the server log for ${instance}.` : NEXT[code];
  const undone = problem.undone ?? (status < 500 || code === 'unavailable');
  return new VSecureError(code, detail, {
    status,
    next,
    reference: instance,
    retryAfterMs,
    undone,
  });
}
