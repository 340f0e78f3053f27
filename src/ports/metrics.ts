/** Metrics over requests, decisions and uses. */

import type { VisibilityScope } from '../domain/visibility.js';
import type { EventType, Grouping, Metric, Operation } from '../domain/vocabulary.js';
import type { ResourceCount } from './audit.js';

export interface Span {
  readonly since: Date;
  /** Undefined: up to now. */
  readonly until?: Date | undefined;
}

/** Counts over the requests created within a span. Times in ms. */
export interface AccessMetrics {
  readonly requests: number;
  readonly approved: number;
  readonly denied: number;
  /** Expired without a decision. */
  readonly expired: number;
  readonly cancelled: number;
  readonly pending: number;
  /** Approved requests that were auto-approved. */
  readonly automatic: number;
  /** Approved or denied by people. */
  readonly decided: number;
  /** Median time from request to decision by a person. Absent without such a decision. */
  readonly median?: number | undefined;
  readonly percentile95?: number | undefined;
  /** Decisions that were made faster than a person can read the request. */
  readonly hasty: number;
  /** Uses of grants: reads and changes. */
  readonly uses: number;
}

/** A metric and its filters. */
export interface MetricQuery extends Span {
  readonly metric: Metric;
  /** A full resource URI or pattern. */
  readonly resource?: string | undefined;
  /** A key's name. */
  readonly key?: string | undefined;
  readonly operation?: Operation | undefined;
}

/** The value of a metric: a count, and for `time_to_decision` the times in ms. */
export interface Measured {
  readonly count: number;
  readonly median?: number | undefined;
  readonly percentile95?: number | undefined;
  readonly percentile99?: number | undefined;
}

export interface MetricGroup extends Measured {
  readonly name: string;
}

/** Number of uses of a resource by a key. */
export interface UseCount {
  readonly resource: string;
  readonly key: string;
  readonly operation: string;
  readonly count: number;
}

/** Current values and totals for a monitoring system. */
export interface Gauges {
  readonly events: readonly {
    readonly type: string;
    readonly outcome: string;
    readonly count: number;
  }[];
  readonly pending: number;
  readonly active: number;
  /** Waiting deliveries and given-up notifications, by destination. */
  readonly waiting: readonly { readonly destination: string; readonly count: number }[];
  readonly dead: readonly { readonly destination: string; readonly count: number }[];
  readonly head: number;
  /** Histogram of the seconds from request to decision by a person. */
  readonly decisions: {
    readonly bounds: readonly { readonly le: number; readonly count: number }[];
    readonly count: number;
    readonly sum: number;
  };
}

export interface MetricsReads {
  /** One metric over a span, exact to the event, limited to what the viewer may see. */
  measure(visibility: VisibilityScope, query: MetricQuery): Promise<Measured>;
  /** The same metric in groups, the largest first. Uses have no outcome. */
  series(
    visibility: VisibilityScope,
    query: MetricQuery,
    by: Grouping,
  ): Promise<readonly MetricGroup[]>;
  /** The uses of each resource, the highest count first, then by name. `types`: those of `USES` that count. */
  uses(
    visibility: VisibilityScope,
    filter: Span & { readonly resource?: string | undefined },
    types: readonly EventType[],
  ): Promise<readonly ResourceCount[]>;
  gauges(): Promise<Gauges>;
  /** Limited to what the viewer may see, by the same rule as the list of requests. */
  access(visibility: VisibilityScope, span: Span): Promise<AccessMetrics>;
}
