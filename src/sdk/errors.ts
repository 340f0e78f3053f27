/** The one error of the SDK. Programs look at `code`; people read `message` and `next`. */

import type { Problem, ProblemCode } from '../contract/problem.js';

/** What can go wrong before the server has had its say. */
export type ClientCode = 'not_configured' | 'unreachable' | 'timeout' | 'unexpected_answer';

/** Everything that this version of vsecure can answer with, and what can go wrong on the way. */
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

/** What every method of the client rejects with, unless the caller's own signal aborted: then with that signal's reason. */
export class VSecureError extends Error {
  override readonly name = 'VSecureError';
  /** Stable. A newer server may know codes that are not in `ErrorCode`. */
  readonly code: ErrorCode | (string & {});
  /** HTTP status, when the server answered. */
  readonly status: number | undefined;
  /** What to do next, where the message does not say it already. */
  readonly next: string | undefined;
  /** Of this one occurrence; the server's log has it too. */
  readonly reference: string | undefined;
  /** Milliseconds after which the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** True when what was asked for was surely not done; false when it may have been. */
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
  unauthorized: 'Set VSECURE_API_KEY to a key of yours.',
  invalid_key: 'Set VSECURE_API_KEY to a key that is neither revoked nor expired.',
  not_allowed: 'See what your key may do with `vsecure auth:scopes`.',
  approval_required: 'Ask with client.mcp.requestApproval, and wait for the decision.',
  grant_ended: 'Ask again with client.mcp.requestApproval.',
  policy_changed: 'Look at the request again, then repeat your decision.',
  not_found: 'Check the id, and that your key may see it.',
  rate_limited: 'Wait, and send fewer requests at a time.',
  idempotency_mismatch: 'Use a new idempotency key for a new change.',
};

/** The error for a problem document. */
export function errorFromProblem(problem: Problem, retryAfterMs?: number): VSecureError {
  const { code, detail, status, instance } = problem;
  const next = code === 'internal' ? `Look for ${instance} in the server's log.` : NEXT[code];
  const undone = status < 500 || code === 'unavailable';
  return new VSecureError(code, detail, {
    status,
    next,
    reference: instance,
    retryAfterMs,
    undone,
  });
}
