/** One call of the REST API: typed and validated by the contract, and retried where that is safe. */

import { z } from 'zod';
import { API_BASE, type Route } from '../contract/route.js';
import { type Retry, retrying } from './retry.js';
import { type Connection, send, unexpectedAnswer } from './send.js';

/** The last argument of every method. */
export interface CallOptions {
  /** Aborts the call. The method then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The last argument of every method that changes something. */
export interface ChangeOptions extends CallOptions {
  /**
   * The server carries out changes with the same key only once, even if another process sends them. Default: a new key for each
   * call, which covers the retries of that call.
   */
  readonly idempotencyKey?: string | undefined;
}

export interface CallInput<R extends Route> extends ChangeOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.input<R['query']>;
  readonly body?: z.input<R['body']>;
  /** Milliseconds that the server may hold the request open, in addition to the timeout. */
  readonly waitMs?: number;
  /** False: the caller handles retries itself. */
  readonly retry?: false;
}

/** Rejects with VSecureError, or with the reason of the caller's own signal. */
export type Call = <R extends Route>(
  route: R,
  input?: CallInput<R>,
) => Promise<z.output<R['answer']>>;

export interface CallSettings extends Connection {
  /** Milliseconds until one attempt times out, not counting `waitMs`. */
  readonly timeoutMs: number;
  readonly retry: Retry;
}

/** Retries are safe: GET changes nothing, and every other request carries an idempotency key. */
export function createCall(settings: CallSettings): Call {
  return async <R extends Route>(route: R, input: CallInput<R> = {}) => {
    const { body, signal, waitMs = 0 } = input;
    const request = {
      method: route.method,
      address: addressOf(settings.url, route, input),
      body,
      signal,
      timeoutMs: settings.timeoutMs + waitMs,
      idempotencyKey: route.method === 'GET' ? undefined : (input.idempotencyKey ?? newKey()),
    };
    const retry = input.retry === false ? { ...settings.retry, retries: 0 } : settings.retry;
    const { status, json } = await retrying(
      retry,
      () => send(settings, request),
      ({ undone }) => undone || !route.counted,
      signal,
    );
    const answer = z.safeParse<R['answer']>(route.answer, json);
    if (answer.success) return answer.data;
    throw unexpectedAnswer(settings.url, status);
  };
}

const newKey = () => crypto.randomUUID();

function addressOf(base: URL, route: Route, { params = {}, query }: CallInput<Route>): URL {
  const path = route.path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params[name] ?? ''));
  const address = new URL(base);
  address.pathname = `${base.pathname.replace(/\/$/, '')}${API_BASE}${path}`;
  for (const [name, value] of typeof query === 'object' && query ? Object.entries(query) : [])
    if (value !== undefined) address.searchParams.set(name, String(value));
  return address;
}
