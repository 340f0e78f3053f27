/** What tracing records: one span, and the attributes that it may have. */

/** The only attributes of a span: names of ours and ids. Never an argument, a result, a reason or a person's name. */
export interface SpanAttributes {
  readonly method?: string | undefined;
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly request?: string | undefined;
  readonly approval?: string | undefined;
  readonly outcome?: string | undefined;
}

export interface Span {
  /** In the format of W3C Trace Context. */
  readonly traceparent: string;
  record(attributes: SpanAttributes): void;
  /** Links this span to a span of another trace. */
  link(traceparent: string): void;
}

export interface Tracing {
  /** Runs `work` in a new span, which ends when `work` does. Spans that `work` starts become its children. `parent`: a traceparent. */
  span<T>(name: string, work: (span: Span) => Promise<T>, parent?: string): Promise<T>;
  /** Sends the spans that are still queued. */
  stop(): Promise<void>;
}
