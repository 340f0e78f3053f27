/** Metrics on requests, decisions and their speed, limited to what the viewer may see. */

import { DAY } from '../../domain/limits.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type { Grouping } from '../../domain/vocabulary.js';
import type {
  AccessMetrics,
  Gauges,
  Measured,
  MetricGroup,
  MetricQuery,
  Span,
  Store,
} from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { requireScopeToView, type Viewer, visibilityOf } from '../authorization/viewer.js';

export type Metrics = (viewer: Viewer, span: Span) => Promise<Result<AccessMetrics>>;

export function createMetrics(store: Store, defaultApprovers: readonly string[]): Metrics {
  return async (viewer, span) => {
    const forbidden = requireScopeToView(viewer, 'metrics:read');
    if (forbidden) return forbidden;
    const visibility = await visibilityOf({ store, defaultApprovers }, viewer);
    return ok(await store.metrics.access(visibility, span));
  };
}

export interface Measurement extends Measured {
  readonly since: Date;
  readonly until: Date;
  readonly series?: readonly MetricGroup[] | undefined;
}

/** Either the last `periodMs`, or an explicit span. */
export type MeasureInput = Omit<MetricQuery, 'since'> & {
  readonly since?: Date | undefined;
  readonly periodMs?: number | undefined;
  readonly groupBy?: Grouping | undefined;
};

/** Measures one metric over a span, limited to what the viewer may see, and grouped if `groupBy` is set. */
export type Measure = (viewer: Viewer, input: MeasureInput) => Promise<Result<Measurement>>;

export function createMeasure(store: Store, defaultApprovers: readonly string[]): Measure {
  return async (viewer, { since, until, periodMs = DAY, groupBy, ...filter }) => {
    const forbidden = requireScopeToView(viewer, 'metrics:read');
    if (forbidden) return forbidden;
    const visibility = await visibilityOf({ store, defaultApprovers }, viewer);
    const end = until ?? (await store.now());
    const query = { ...filter, since: since ?? new Date(end.getTime() - periodMs), until };
    const measured = await store.metrics.measure(visibility, query);
    const series = groupBy && (await store.metrics.series(visibility, query, groupBy));
    return ok({ ...measured, since: query.since, until: end, series });
  };
}

/** Gauges of the whole installation for a monitoring system. They contain no names. The caller must be allowed to see everything. */
export type ReadGauges = (caller: Caller) => Promise<Result<Gauges>>;

export function createReadGauges(store: Store): ReadGauges {
  return async (caller) => {
    const forbidden = requireScope(caller, 'metrics:read');
    if (forbidden) return forbidden;
    if (!seesEverything(caller))
      return refused({ code: 'not_allowed', needs: 'a key of an administrator or auditor' });
    return ok(await store.metrics.gauges());
  };
}
