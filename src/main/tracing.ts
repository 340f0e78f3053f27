/** Traces of HTTP requests and deliveries. Without a collector this does nothing. */

import type { RequestHandler } from 'express';
import type { Config } from '../config.js';
import { routeOf } from './access-log.js';
import { currentRequest } from './request-context.js';
import type { Tracing } from './span.js';

/** Undefined when no collector is configured: then OpenTelemetry's SDK is not even loaded. */
export async function openTracing({ otel }: Config): Promise<Tracing | undefined> {
  if (!otel) return undefined;
  const { startTracing } = await import('./otel.js');
  return startTracing(otel);
}

/** A span from a request's first byte to the last byte of its response. An approval that is requested within it remembers this trace. */
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
        span.record({ method, status, route: routeOf(req), request: context?.request });
      },
      context?.traceparent,
    );
  };
}

/** A delivery runs outside the request that caused it, so it has a span of its own. */
export function traceDelivery<T extends { readonly outcome: string }>(
  tracing: Tracing | undefined,
  destination: string,
  approval: string | undefined,
  deliver: () => Promise<T>,
): Promise<T> {
  if (!tracing) return deliver();
  return tracing.span(`deliver ${destination}`, async (span) => {
    const result = await deliver();
    span.record({ approval, outcome: result.outcome });
    return result;
  });
}
