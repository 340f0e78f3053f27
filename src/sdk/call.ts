/** One call of the REST API: typed and checked by the contract, timed, and never redirected with the key in hand. */

import { z } from 'zod';
import { PROBLEM_TYPE, problem } from '../contract/problem.js';
import { API_BASE, type Route } from '../contract/route.js';
import { errorOf, VSecureError } from './errors.js';

export interface Connection {
  readonly url: URL;
  readonly apiKey: string;
  /** For an answer that is not waited for on purpose. */
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

export interface CallInput<R extends Route> {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.input<R['query']>;
  readonly body?: z.input<R['body']>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the server may take on purpose, on top of the timeout. */
  readonly waitMs?: number;
}

/** Rejects with VSecureError, or with the reason of the caller's own signal. */
export type Call = <R extends Route>(
  route: R,
  input?: CallInput<R>,
) => Promise<z.output<R['answer']>>;

export function createCall(connection: Connection): Call {
  return async <R extends Route>(route: R, input: CallInput<R> = {}) => {
    const address = addressOf(connection.url, route, input);
    const response = await send(connection, route.method, address, input);
    if (!response.ok) throw await failure(response);
    const answer = z.safeParse<R['answer']>(route.answer, await response.json().catch(() => null));
    if (answer.success) return answer.data;
    throw notOurs(response.status);
  };
}

function addressOf(base: URL, route: Route, { params = {}, query }: CallInput<Route>): URL {
  const path = route.path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params[name] ?? ''));
  const address = new URL(base);
  address.pathname = `${base.pathname.replace(/\/$/, '')}${API_BASE}${path}`;
  for (const [name, value] of typeof query === 'object' && query ? Object.entries(query) : [])
    if (value !== undefined) address.searchParams.set(name, String(value));
  return address;
}

/** One request with the key; throws VSecureError when there is no answer. */
export async function send(
  { apiKey, timeoutMs, fetch, url }: Connection,
  method: string,
  address: URL,
  { body, signal, waitMs = 0 }: CallInput<Route> = {},
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs + waitMs);
  const headers = { authorization: `Bearer ${apiKey}`, accept: 'application/json' };
  try {
    return await fetch(address, {
      method,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw timeout.aborted ? tooLate(url, timeoutMs + waitMs) : unreachable(url, cause);
  }
}

async function failure(response: Response): Promise<VSecureError> {
  if (!response.headers.get('content-type')?.startsWith(PROBLEM_TYPE))
    return notOurs(response.status);
  const read = problem.safeParse(await response.json().catch(() => null));
  return read.success ? errorOf(read.data) : notOurs(response.status);
}

/** Whatever answered speaks another language. */
export function notOurs(status: number): VSecureError {
  return new VSecureError('unexpected_answer', `This is not an answer of vsecure's (${status}).`, {
    status,
    next: 'Check VSECURE_URL, and that client and server are of the same version.',
  });
}

function tooLate({ origin }: URL, ms: number): VSecureError {
  return new VSecureError('timeout', `No answer from ${origin} within ${Math.ceil(ms / 1000)} s.`, {
    next: 'Try again; what was asked may have been done all the same.',
  });
}

function unreachable({ origin }: URL, cause: unknown): VSecureError {
  return new VSecureError('unreachable', `Cannot reach vsecure at ${origin}.`, {
    next: 'Is it running? VSECURE_URL says where to look for it.',
    cause,
  });
}
