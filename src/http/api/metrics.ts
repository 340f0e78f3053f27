/** REST: metrics. */

import { metricRoutes } from '../../contract/metric.js';
import { parseDuration } from '../../domain/duration.js';
import { momentOf } from '../../domain/instant.js';
import { DAY } from '../../domain/limits.js';
import { parsePattern } from '../../domain/pattern.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapResult } from '../wire/map-result.js';

interface Span {
  readonly period?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** `now` only turns "24h ago" into a date. */
export function serveMetrics(
  serve: Serve,
  { measure, metrics }: Pick<UseCases, 'measure' | 'metrics'>,
  now: () => Date,
): void {
  const momentIn = (text: string | undefined) =>
    text === undefined ? undefined : momentOf(text, now());

  const spanOf = ({ period, since, until }: Span): Result<ReadSpan> =>
    period !== undefined && since !== undefined
      ? refused({ code: 'invalid_input', problem: 'period: give either this or since.' })
      : ok({
          since: momentIn(since),
          until: momentIn(until),
          periodMs: period === undefined ? undefined : parseDuration(period),
        });

  serve(metricRoutes.measure, async ({ caller, query: { period, since, until, ...query } }) => {
    const span = spanOf({ period, since, until });
    if (!span.ok) return span;
    const pattern = query.resource === undefined ? undefined : parsePattern(query.resource);
    if (pattern && !pattern.ok) return pattern;
    return mapResult(
      await measure(caller, { ...query, ...span.value }),
      ({ series, ...measured }) => ({
        ...measured,
        metric: query.metric,
        since: measured.since.toISOString(),
        until: measured.until.toISOString(),
        series: series && [...series],
      }),
    );
  });

  serve(metricRoutes.summary, async ({ caller, query }) => {
    const span = spanOf(query);
    if (!span.ok) return span;
    const { since, until, periodMs = DAY } = span.value;
    const end = until ?? now();
    const from = since ?? new Date(end.getTime() - periodMs);
    return mapResult(await metrics(caller, { since: from, until }), (counted) => ({
      ...counted,
      unansweredShare: share(counted.expired, counted.requests),
      automaticShare: share(counted.automatic, counted.requests),
    }));
  });
}

interface ReadSpan {
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly periodMs: number | undefined;
}

const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
