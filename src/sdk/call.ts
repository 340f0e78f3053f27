/** One call of the REST API: typed and checked by the contract, and repeated where that is safe. */

import { z } from 'zod';
import { API_BASE, type Route } from '../contract/route.js';
import { type Retry, retrying } from './retry.js';
import { type Connection, send, unexpectedAnswer } from './send.js';

/** What every method takes last. */
export interface CallOptions {
  /** Gives the call up; the method then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What every method takes last that changes something. */
export interface ChangeOptions extends CallOptions {
  /**
   * The same change sent again under the same key, by another process say, is made once. Default: a new one for each call, which
   * covers the tries of that call.
   */
  readonly idempotencyKey?: string | undefined;
}

export interface CallInput<R extends Route> extends ChangeOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.input<R['query']>;
  readonly body?: z.input<R['body']>;
  /** Milliseconds that the server may take on purpose, on top of the timeout. */
  readonly waitMs?: number;
  /** False: whoever calls has a patience of its own. */
  readonly retry?: false;
}

/** Rejects with VSecureError, or with the reason of the caller's own signal. */
export type Call = <R extends Route>(
  route: R,
  input?: CallInput<R>,
) => Promise<z.output<R['answer']>>;

export interface CallSettings extends Connection {
  /** Milliseconds for one try of an answer that is not waited for on purpose. */
  readonly timeoutMs: number;
  readonly retry: Retry;
}

/** GET changes nothing, and everything else carries a key under which it is made once, so both are repeated. */
export function createCall(calling: CallSettings): Call {
  return async <R extends Route>(route: R, input: CallInput<R> = {}) => {
    const { body, signal, waitMs = 0 } = input;
    const outgoing = {
      method: route.method,
      address: addressOf(calling.url, route, input),
      body,
      signal,
      timeoutMs: calling.timeoutMs + waitMs,
      idempotencyKey: route.method === 'GET' ? undefined : (input.idempotencyKey ?? newKey()),
    };
    const retry = input.retry === false ? { ...calling.retry, retries: 0 } : calling.retry;
    const { status, json } = await retrying(
      retry,
      () => send(calling, outgoing),
      ({ undone }) => undone || !route.counted,
      signal,
    );
    const answer = z.safeParse<R['answer']>(route.answer, json);
    if (answer.success) return answer.data;
    throw unexpectedAnswer(status);
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
