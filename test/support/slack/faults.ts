/** The ways in which Slack, or the network before it, can fail one call. */

import type { JsonObject } from './json.js';

type Trouble =
  /** 429 with Retry-After, before Slack did anything. */
  | { readonly fault: 'rate-limited'; readonly retryAfterSeconds: number }
  /** An HTTP status of a proxy or a broken Slack, such as 503, with a body that is no JSON. */
  | { readonly fault: 'status'; readonly status: number }
  /** Slack's own refusal: 200 with `{ ok: false, error }`. */
  | { readonly fault: 'error'; readonly error: string }
  /** Another answer: a fixed one, without asking upstream, or one made from upstream's. */
  | { readonly fault: 'json'; readonly json: unknown | ((upstream: JsonObject) => unknown) }
  /** A correct answer with these headers added or replaced: `date`, `x-oauth-scopes`. */
  | { readonly fault: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** A correct answer, but late. */
  | { readonly fault: 'delay'; readonly ms: number }
  /** Never answered; the connection stays open. */
  | { readonly fault: 'hang' }
  /** The connection breaks before the call reaches Slack. */
  | { readonly fault: 'drop-before' }
  /** Slack executes the call, and the connection breaks before the answer. */
  | { readonly fault: 'drop-after' }
  /** Slack executes the call, and the answer never arrives. */
  | { readonly fault: 'hang-after' };

export type Fault = Trouble & {
  /** A Web API method such as `chat.postMessage`. */
  readonly method: string | RegExp;
  /** How many calls it hits. Default 1; `Infinity` until it is cleared. */
  readonly times?: number;
  /** Only calls with such arguments, for example those that name one user. */
  readonly when?: (body: JsonObject) => boolean;
};

/** Keeps the injected faults and gives each call the first that fits. */
export function createFaultList() {
  let pending: { fault: Fault; left: number }[] = [];
  return {
    inject(fault: Fault): void {
      pending.push({ fault, left: fault.times ?? 1 });
    },
    clear(): void {
      pending = [];
    },
    take(method: string, body: JsonObject): Fault | undefined {
      const hit = pending.find(({ fault }) => fits(fault, method, body));
      if (!hit) return undefined;
      hit.left -= 1;
      pending = pending.filter(({ left }) => left > 0);
      return hit.fault;
    },
  };
}

function fits(fault: Fault, method: string, body: JsonObject): boolean {
  const named =
    typeof fault.method === 'string' ? fault.method === method : fault.method.test(method);
  return named && (fault.when?.(body) ?? true);
}
