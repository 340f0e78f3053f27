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
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: headersOf(connection, request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
    });
    const text = await response.text();
    if (!response.ok && !request.accepted?.includes(response.status))
      throw failure(connection.url, response, parsed(text));
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

function failure(url: URL, { status, headers }: Response, json: unknown): VSecureError {
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) return redirected(url, location);
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  const isProblem = headers.get('content-type')?.startsWith(PROBLEM_TYPE);
  const read = isProblem ? problem.safeParse(json) : undefined;
  return read?.success
    ? errorFromProblem(read.data, retryAfterMs)
    : unexpectedAnswer(url, status, retryAfterMs);
}

/** The error for an answer that does not come from vsecure, or comes from an incompatible version. */
export function unexpectedAnswer(
  { origin }: URL,
  status: number,
  retryAfterMs?: number,
): VSecureError {
  const message = `The answer of ${origin} (HTTP ${status}) does not look like one of vsecure.`;
  return new VSecureError('unexpected_answer', message, {
    status,
    retryAfterMs,
    next: 'Set VSECURE_URL to the address that `vsecure serve` logs. If it is that one, check that client and server have compatible versions, and any proxy in between.',
  });
}

/** The key was sent to no other address. */
function redirected(url: URL, location: string): VSecureError {
  const target = URL.canParse(location, url.href) ? new URL(location, url).origin : 'its target';
  const message = `${url.origin} redirects to another address.`;
  return new VSecureError('unexpected_answer', message, {
    next: `If ${target} is vsecure, set VSECURE_URL to it.`,
  });
}

function timedOut({ origin }: URL, ms: number): VSecureError {
  return new VSecureError('timeout', `No answer from ${origin} within ${Math.ceil(ms / 1000)} s.`, {
    next: 'Try again. The server may have carried out the request.',
  });
}

function unreachable({ origin }: URL, cause: unknown): VSecureError {
  const code = codeOf(cause);
  return new VSecureError('unreachable', `Cannot reach vsecure at ${origin}.`, {
    next: remedyFor(code, origin),
    undone: NEVER_SENT.has(code),
    cause,
  });
}

function remedyFor(code: string, origin: string): string {
  if (/^(ERR_SSL_|EPROTO)/.test(code))
    return `It does not speak TLS. Set VSECURE_URL to ${origin.replace(/^https/, 'http')}`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code))
    return 'Its certificate is not trusted. Check VSECURE_URL; NODE_EXTRA_CA_CERTS names the file of a private authority.';
  return 'Is it running? Check the address in VSECURE_URL.';
}

/** The code of the system error, which `fetch` wraps in another error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
