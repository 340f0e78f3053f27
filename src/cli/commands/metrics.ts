/** `mcp:metrics`: counts requests, decisions and uses, and measures how fast people decide. */

import { type Command, Option } from 'commander';
import { operation } from '../../contract/fields.js';
import { grouping, metricName } from '../../contract/metric.js';
import type { Measurement, MetricsQuery, MetricsSummary } from '../../sdk/index.js';
import { bar } from '../bar-chart.js';
import { UsageError } from '../command-errors.js';
import { elapsed } from '../elapsed-time.js';
import type { Io } from '../io.js';
import { plotMetric } from '../metric-plot.js';
import type { Column } from '../table.js';

interface MetricsOptions extends Omit<MetricsQuery, 'metric' | 'period'> {
  readonly metric?: MetricsQuery['metric'];
  readonly since: string;
  readonly json?: boolean;
  readonly plot?: boolean;
}

export function registerMetrics(program: Command, io: Io): void {
  program
    .command('mcp:metrics')
    .description('show counts of requests, decisions and uses, and how fast people decide')
    .addOption(new Option('--metric <name>', 'show one metric').choices(metricName.options))
    .option('--since <time>', 'start: 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z', '7d')
    .option('--until <time>', 'end, in the same format')
    .option('--resource <resource>', 'resource or pattern, like "production/*"')
    .option('--key <name>', 'only this API key')
    .addOption(
      new Option('--operation <operation>', 'only this operation').choices(operation.options),
    )
    .addOption(
      new Option('--group-by <field>', 'group the metric by this field').choices(grouping.options),
    )
    .addOption(new Option('--plot', 'draw the metric over time').conflicts(['json', 'groupBy']))
    .option('--json', 'print JSON')
    .action((options: MetricsOptions) => metrics(io, options));
}

async function metrics(io: Io, { metric, json, plot, ...query }: MetricsOptions): Promise<void> {
  const { mcp } = io.client();
  if (metric === undefined) {
    const { since, until, ...narrowed } = query;
    if (plot || Object.keys(narrowed).length > 0)
      throw new UsageError(
        `These options need a metric: --metric ${metricName.options.join('|')}.`,
      );
    const summary = await mcp.metricsSummary({ since, until });
    return json ? io.json(summary) : io.table(rowsOf(summary), ROWS);
  }
  if (plot) return plotMetric(io, { ...query, metric });
  const measured = await mcp.metrics({ ...query, metric });
  if (json) io.json(measured);
  else if (measured.series) io.table(measured.series, partsOf(measured.series));
  else io.table([measured], TOTAL);
}

interface Row {
  readonly name: string;
  readonly value: string;
}

const ROWS: readonly Column<Row>[] = [
  { header: 'metric', cell: ({ name }) => name },
  { header: 'value', cell: ({ value }) => value },
];

function rowsOf(summary: MetricsSummary): readonly Row[] {
  const { requests, unansweredShare, automaticShare, median, percentile95 } = summary;
  const rows: readonly (readonly [string, string | number])[] = [
    ['requests', requests],
    ['pending', summary.pending],
    ['approved', summary.approved],
    ['auto-approved', `${summary.automatic} (${percent(automaticShare)})`],
    ['denied', summary.denied],
    ['expired', `${summary.expired} (${percent(unansweredShare)})`],
    ['cancelled', summary.cancelled],
    ['decided by people', summary.decided],
    ['median time to decision', elapsed(median)],
    ['95th percentile time to decision', elapsed(percentile95)],
    ['decided in under 3 s', summary.hasty],
    ['uses of grants', summary.uses],
  ];
  return rows.map(([name, value]) => ({ name, value: String(value) }));
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

type Numbers = Pick<Measurement, 'count' | 'median' | 'percentile95'>;

const TIMES: readonly Column<Numbers>[] = [
  { header: 'median', cell: ({ median }) => median && elapsed(median) },
  { header: '95th percentile', cell: ({ percentile95 }) => percentile95 && elapsed(percentile95) },
];

const TOTAL: readonly Column<Measurement>[] = [
  { header: 'metric', cell: ({ metric }) => metric },
  { header: 'count', cell: ({ count }) => count },
  ...TIMES,
];

type Part = NonNullable<Measurement['series']>[number];

/** Adds a bar to each row, so that outliers stand out. */
function partsOf(parts: readonly Part[]): readonly Column<Part>[] {
  const most = Math.max(...parts.map(({ count }) => count));
  return [
    { header: 'name', cell: ({ name }) => name },
    { header: 'count', cell: ({ count }) => count },
    ...TIMES,
    { header: '', cell: ({ count }) => bar(count, most) },
  ];
}
