/** The one error of the SDK. Programs look at `code`; people read `message` and `next`. */

import type { Problem, ProblemCode } from '../contract/problem.js';

/** What can go wrong before the server has had its say. */
export type ClientCode = 'not_configured' | 'unreachable' | 'timeout' | 'unexpected_answer';

export type ErrorCode = ProblemCode | ClientCode;

interface Details {
  /** HTTP status, when the server answered. */
  readonly status?: number;
  /** What to do next, where the message does not say it already. */
  readonly next?: string | undefined;
  /** Of this one occurrence; the server's log has it too. */
  readonly reference?: string;
  readonly cause?: unknown;
}

export class VSecureError extends Error {
  override readonly name = 'VSecureError';
  /** Stable. A newer server may know codes that are not in `ErrorCode`. */
  readonly code: ErrorCode | (string & {});
  readonly status: number | undefined;
  readonly next: string | undefined;
  readonly reference: string | undefined;

  constructor(code: VSecureError['code'], message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.next = details.next;
    this.reference = details.reference;
  }
}

const NEXT: Partial<Record<string, string>> = {
  unauthorized: 'Set VSECURE_API_KEY to a key of yours.',
  invalid_key: 'Set VSECURE_API_KEY to a key that is neither revoked nor expired.',
  not_allowed: 'See what your key may do with `vsecure auth:scopes`.',
  policy_changed: 'Look at the request again, then repeat your decision.',
  not_found: 'Check the id, and that your key may see it.',
};

/** The error for a problem document. */
export function errorOf({ code, detail, status, instance }: Problem): VSecureError {
  const next = code === 'internal' ? `Look for ${instance} in the server's log.` : NEXT[code];
  return new VSecureError(code, detail, { status, next, reference: instance });
}
