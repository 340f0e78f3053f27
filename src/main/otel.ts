/** OpenTelemetry traces, sent as OTLP over HTTP. Loaded only when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. */

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
import type { Span, SpanAttributes, Tracing } from './span.js';
import { VERSION } from './version.js';

/** Attribute names: OpenTelemetry's semantic conventions, and ours with the prefix `vsecure`. https://opentelemetry.io/docs/specs/semconv/ */
const ATTRIBUTE_NAMES: Record<keyof SpanAttributes, string> = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  request: 'vsecure.request',
  approval: 'vsecure.approval',
  outcome: 'vsecure.outcome',
};

/** How long sending the last spans may take when the server stops (ms). */
const STOP_WITHIN = 2000;

export function startTracing({ endpoint, service, headers }: NonNullable<Config['otel']>): Tracing {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({
    url,
    headers: parseHeaders(headers?.reveal() ?? ''),
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
      return tracer.startActiveSpan(name, {}, within, (span) => runInSpan(span, work));
    },
    async stop() {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, STOP_WITHIN).unref());
      // An unreachable collector must not keep the server from stopping.
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
    },
  };
}

/** `name=value,…`, values percent-encoded. https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function parseHeaders(text: string): Record<string, string> {
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

/** The span does not record the error: its message could contain a secret value. */
async function runInSpan<T>(span: OtelSpan, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await work(spanOf(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function spanOf(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    record(attributes) {
      for (const [name, value] of Object.entries(attributes))
        if (value !== undefined)
          span.setAttribute(ATTRIBUTE_NAMES[name as keyof SpanAttributes], value);
    },
    link(traceparent) {
      const context = trace.getSpanContext(contextOf(traceparent));
      if (context) span.addLink({ context });
    },
  };
}

const contextOf = (traceparent: string): Context =>
  propagation.extract(ROOT_CONTEXT, { traceparent });
