/** One request and its answer, or the error that says what became of it. Never redirected with the key in hand. */

import { PROBLEM_TYPE, problem } from '../contract/problem.js';
import { parseRetryAfter } from '../contract/retry-policy.js';
import { errorFromProblem, VSecureError } from './errors.js';

export interface Connection {
  readonly url: URL;
  /** Undefined for calls that need none. */
  readonly apiKey?: string | undefined;
  readonly fetch: typeof fetch;
}

export interface HttpRequest {
  readonly method: string;
  readonly address: URL;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Statuses that are answers too, though not of success. */
  readonly accepted?: readonly number[];
  /** Milliseconds until the whole answer is there. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined when it is not JSON. */
  readonly json: unknown;
}

/** What a system says when no connection was made, so that nothing was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Rejects with VSecureError for every answer but a good one, or with the reason of the caller's own signal. */
export async function send(connection: Connection, outgoing: HttpRequest): Promise<HttpAnswer> {
  const { signal, timeoutMs } = outgoing;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await connection.fetch(outgoing.address, {
      method: outgoing.method,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: headersOf(connection, outgoing),
      body: outgoing.body === undefined ? null : JSON.stringify(outgoing.body),
    });
    const text = await response.text();
    if (!response.ok && !outgoing.accepted?.includes(response.status))
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

/** For an answer that is not vsecure's, or of another version of it. */
export function unexpectedAnswer(status: number, retryAfterMs?: number): VSecureError {
  return new VSecureError('unexpected_answer', `This is not an answer of vsecure's (${status}).`, {
    status,
    retryAfterMs,
    next: 'Check VSECURE_URL, and that client and server are of the same version.',
  });
}

function timedOut({ origin }: URL, ms: number): VSecureError {
  return new VSecureError('timeout', `No answer from ${origin} within ${Math.ceil(ms / 1000)} s.`, {
    next: 'Try again; what was asked may have been done all the same.',
  });
}

function unreachable({ origin }: URL, cause: unknown): VSecureError {
  return new VSecureError('unreachable', `Cannot reach vsecure at ${origin}.`, {
    next: 'Is it running? VSECURE_URL says where to look for it.',
    undone: NEVER_SENT.has(codeOf(cause)),
    cause,
  });
}

/** Of the system's error, which `fetch` wraps in one of its own; several addresses make several. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
