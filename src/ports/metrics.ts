/** Counting requests and decisions. */

import type { VisibilityScope } from '../domain/visibility.js';
import type { Grouping, Metric, Operation } from '../domain/vocabulary.js';

export interface Span {
  readonly since: Date;
  /** Undefined: up to now. */
  readonly until?: Date | undefined;
}

/** Of the requests that were first asked within a span. Times in ms. */
export interface AccessMetrics {
  readonly requests: number;
  readonly approved: number;
  readonly denied: number;
  /** Nobody answered. */
  readonly expired: number;
  readonly cancelled: number;
  readonly pending: number;
  /** Of the approved: those that no person had to decide. */
  readonly automatic: number;
  /** Approved or denied by people. */
  readonly decided: number;
  /** From the first asking to the decision of people; absent when nobody decided anything. */
  readonly median?: number | undefined;
  readonly percentile95?: number | undefined;
  /** Of the decided: faster than anybody reads. */
  readonly hasty: number;
  /** Uses of what was granted: reads and changes. */
  readonly uses: number;
}

/** What is measured, and of what. */
export interface MetricQuery extends Span {
  readonly metric: Metric;
  /** A resource or pattern, in full. */
  readonly resource?: string | undefined;
  /** A key's name. */
  readonly key?: string | undefined;
  readonly operation?: Operation | undefined;
}

/** The answer to every metric: how many, and for `time_to_decision` how long they took (ms). */
export interface Measured {
  readonly count: number;
  readonly median?: number | undefined;
  readonly percentile95?: number | undefined;
  readonly percentile99?: number | undefined;
}

export interface MetricGroup extends Measured {
  readonly name: string;
}

/** How often a key used a resource. */
export interface UseCount {
  readonly resource: string;
  readonly key: string;
  readonly operation: string;
  readonly count: number;
}

/** What stands right now, and what has been since the beginning: numbers for a monitoring system. */
export interface Gauges {
  readonly events: readonly {
    readonly type: string;
    readonly outcome: string;
    readonly count: number;
  }[];
  readonly pending: number;
  readonly active: number;
  /** Deliveries that are still to be made, by destination; and notifications that were given up. */
  readonly waiting: readonly { readonly destination: string; readonly count: number }[];
  readonly dead: readonly { readonly destination: string; readonly count: number }[];
  readonly head: number;
  /** Seconds from asking to a person's decision: how many within each bound, and their sum. */
  readonly decisions: {
    readonly bounds: readonly { readonly le: number; readonly count: number }[];
    readonly count: number;
    readonly sum: number;
  };
}

export interface MetricsReads {
  /** One number over a span, exact to the event, of what the sight covers. */
  measure(visibility: VisibilityScope, query: MetricQuery): Promise<Measured>;
  /** The same in parts, the largest first. Uses have no outcome: they have happened. */
  series(
    visibility: VisibilityScope,
    query: MetricQuery,
    by: Grouping,
  ): Promise<readonly MetricGroup[]>;
  gauges(): Promise<Gauges>;
  /** Of what the sight covers: the viewer's own keys, and what was asked under policies that name the viewer. */
  access(visibility: VisibilityScope, span: Span): Promise<AccessMetrics>;
}
