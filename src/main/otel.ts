/** Traces by OpenTelemetry, sent as OTLP over HTTP. Loaded only where `OTEL_EXPORTER_OTLP_ENDPOINT` says to whom. */

import {
  type Context,
  context as contexts,
  type Span as OtelSpan,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Config } from '../config.js';
import type { Span, SpanFacts, Tracing } from './span.js';
import { VERSION } from './version.js';

/** As OpenTelemetry's conventions have them, and ours. https://opentelemetry.io/docs/specs/semconv/ */
const NAMES: Record<keyof SpanFacts, string> = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  request: 'vsecure.request',
  approval: 'vsecure.approval',
  outcome: 'vsecure.outcome',
};

/** Milliseconds for what is left at the end. */
const STOP_WITHIN = 2000;

export function startTracing({ endpoint, service, headers }: NonNullable<Config['otel']>): Tracing {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({
    url,
    headers: pairs(headers?.reveal() ?? ''),
    timeoutMillis: 5000,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  const tracer = provider.getTracer('vsecure', VERSION);
  return {
    span: (name, work, parent) => {
      const within = parent === undefined ? contexts.active() : contextOf(parent);
      return tracer.startActiveSpan(name, {}, within, (span) => ended(span, work));
    },
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_WITHIN).unref());
      // A collector that is away is no reason not to stop.
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

/** `name=value,…`, values percent-encoded. https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function pairs(text: string): Record<string, string> {
  const all = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    all.flatMap(([name = '', ...value]) =>
      name === '' ? [] : [[name.trim(), decoded(value.join('='))]],
    ),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What was thrown is not said: its message may hold anything. */
async function ended<T>(span: OtelSpan, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await work(ours(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function ours(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    say(facts) {
      for (const [name, value] of Object.entries(facts))
        if (value !== undefined) span.setAttribute(NAMES[name as keyof SpanFacts], value);
    },
    link(traceparent) {
      const context = trace.getSpanContext(contextOf(traceparent));
      if (context) span.addLink({ context });
    },
  };
}

const contextOf = (traceparent: string): Context =>
  propagation.extract(ROOT_CONTEXT, { traceparent });
