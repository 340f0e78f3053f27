/** Where a request's time goes, span by span, for whoever collects that. Without a collector all of this does nothing. */

import type { RequestHandler } from 'express';
import type { Config } from '../config.js';
import type { Store } from '../ports/index.js';
import type { UseCases } from '../usecases/index.js';
import { routeOf } from './access-log.js';
import { currentRequest } from './request-context.js';
import type { Tracing } from './span.js';

/** Undefined where nobody collects: then nothing of OpenTelemetry's SDK is loaded. */
export async function openTracing({ otel }: Config): Promise<Tracing | undefined> {
  if (!otel) return undefined;
  const { startTracing } = await import('./otel.js');
  return startTracing(otel);
}

/** A request from its first byte to its answer's last. What it asks for remembers this trace. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (req, res, next) => {
    const context = currentRequest();
    const closed = new Promise<void>((resolve) => res.once('close', resolve));
    void tracing.span(
      `HTTP ${req.method}`,
      async (span) => {
        if (context) context.traceparent = span.traceparent;
        next();
        await closed;
        const { method } = req;
        const { statusCode: status } = res;
        span.say({ method, status, route: routeOf(req), request: context?.request });
      },
      context?.traceparent,
    );
  };
}

/** Every verb in a span of its own; a decision leads to the request that asked. */
export function traceUseCases(tracing: Tracing, useCases: UseCases): UseCases {
  const traced = <A extends readonly unknown[], R>(
    name: string,
    verb: (...asked: A) => Promise<R>,
  ) => {
    return (...asked: A) =>
      tracing.span(name, async (span) => {
        const answer = await verb(...asked);
        span.say({ outcome: outcomeOf(answer) });
        return answer;
      });
  };
  const { decide, requestAccess, readSecret, waitForDecision, revokeGrant } = useCases;
  const changing = <C extends UseCases['changeSecret']>({
    create,
    update,
    rotate,
    delete: remove,
  }: C) => ({
    create: traced('create secret', create),
    update: traced('update secret', update),
    rotate: traced('rotate secret', rotate),
    delete: traced('delete secret', remove),
  });
  return {
    ...useCases,
    requestAccess: traced('request access', requestAccess),
    waitForDecision: traced('await decision', waitForDecision),
    readSecret: traced('read secret', readSecret),
    revokeGrant: traced('revoke grant', revokeGrant),
    changeSecret: changing(useCases.changeSecret),
    secretOperations: {
      ...changing(useCases.secretOperations),
      read: traced('read secret', useCases.secretOperations.read),
    },
    decide: (...asked) =>
      tracing.span('decide', async (span) => {
        const answer = await decide(...asked);
        span.say({ approval: asked[1].approval, outcome: outcomeOf(answer) });
        if (answer.ok && answer.value.traceparent) span.link(answer.value.traceparent);
        return answer;
      }),
  };
}

/** `done`, or the code of the refusal. */
function outcomeOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return undefined;
  const { refusal } = answer as { refusal?: { readonly code?: string } };
  return answer.ok ? 'done' : refusal?.code;
}

/** Telling somebody, outside of the request that led to it. */
export function traceDelivery<T extends { readonly outcome: string }>(
  tracing: Tracing | undefined,
  destination: string,
  approval: string | undefined,
  deliver: () => Promise<T>,
): Promise<T> {
  if (!tracing) return deliver();
  return tracing.span(`deliver ${destination}`, async (span) => {
    const telling = await deliver();
    span.say({ approval, outcome: telling.outcome });
    return telling;
  });
}

export const traceTransactions = (tracing: Tracing, store: Store): Store => ({
  ...store,
  transaction: (work) => tracing.span('transaction', () => store.transaction(work)),
});
