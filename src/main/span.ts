/** What tracing records: one span, and what it may contain. */

/** All that a span may say: names of ours and ids. Never an argument, a result, a reason or a name of somebody. */
export interface SpanFacts {
  readonly method?: string | undefined;
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly request?: string | undefined;
  readonly approval?: string | undefined;
  readonly outcome?: string | undefined;
}

export interface Span {
  /** As W3C Trace Context writes it. */
  readonly traceparent: string;
  say(facts: SpanFacts): void;
  /** This has to do with what was done there. */
  link(traceparent: string): void;
}

export interface Tracing {
  /** A span of its own for as long as the work takes; what the work begins is within it. `parent`: a traceparent. */
  span<T>(name: string, work: (span: Span) => Promise<T>, parent?: string): Promise<T>;
  /** Sends what is left. */
  stop(): Promise<void>;
}
