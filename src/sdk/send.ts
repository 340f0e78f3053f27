/** Sends one HTTP request. Never follows a redirect, so the key reaches only the configured server. */

import { PROBLEM_TYPE, problem } from '../contract/problem.js';
import { parseRetryAfter } from '../contract/retry-policy.js';
import { errorFromProblem, VSecureError } from './errors.js';

export interface Connection {
  readonly url: URL;
  /** Undefined for calls that need no key. */
  readonly apiKey?: string | undefined;
  readonly fetch: typeof fetch;
}

export interface HttpRequest {
  readonly method: string;
  readonly address: URL;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Error statuses that the caller accepts as an answer. */
  readonly accepted?: readonly number[];
  /** Milliseconds until the complete answer must have arrived. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
}

/** System errors that mean that no connection was made and nothing was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Rejects with VSecureError unless the answer is a success or an accepted status. Rejects with the signal's reason when the caller's signal aborts. */
export async function send(connection: Connection, request: HttpRequest): Promise<HttpAnswer> {
  const { signal, timeoutMs } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await connection.fetch(request.address, {
      method: request.method,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: headersOf(connection, request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
    });
    const text = await response.text();
    if (!response.ok && !request.accepted?.includes(response.status))
      throw failure(response, parsed(text));
    return { status: response.status, json: parsed(text) };
  } catch (cause) {
    if (cause instanceof VSecureError) throw cause;
    signal?.throwIfAborted();
    throw timeout.aborted
      ? timedOut(connection.url, timeoutMs)
      : unreachable(connection.url, cause);
  }
}

function headersOf({ apiKey }: Connection, { body, idempotencyKey }: HttpRequest) {
  return {
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure({ status, headers }: Response, json: unknown): VSecureError {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  const isProblem = headers.get('content-type')?.startsWith(PROBLEM_TYPE);
  const read = isProblem ? problem.safeParse(json) : undefined;
  return read?.success
    ? errorFromProblem(read.data, retryAfterMs)
    : unexpectedAnswer(status, retryAfterMs);
}

/** The error for an answer that does not come from vsecure, or comes from an incompatible version. */
export function unexpectedAnswer(status: number, retryAfterMs?: number): VSecureError {
  return new VSecureError('unexpected_answer', `Unexpected answer (HTTP ${status}).`, {
    status,
    retryAfterMs,
    next: 'Check VSECURE_URL, and check that client and server have compatible versions.',
  });
}

function timedOut({ origin }: URL, ms: number): VSecureError {
  return new VSecureError('timeout', `No answer from ${origin} within ${Math.ceil(ms / 1000)} s.`, {
    next: 'Try again. The server may have carried out the request.',
  });
}

function unreachable({ origin }: URL, cause: unknown): VSecureError {
  return new VSecureError('unreachable', `Cannot reach vsecure at ${origin}.`, {
    next: 'Is it running? Check the address in VSECURE_URL.',
    undone: NEVER_SENT.has(codeOf(cause)),
    cause,
  });
}

/** The code of the system error, which `fetch` wraps in another error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
