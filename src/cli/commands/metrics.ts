/** `mcp:metrics`: how much was asked and used, how it was decided and how fast. */

import { type Command, Option } from 'commander';
import { operation } from '../../contract/fields.js';
import { grouping, metricName } from '../../contract/metric.js';
import type { Measurement, MetricsQuery, MetricsSummary } from '../../sdk/index.js';
import { bar } from '../bar-chart.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

interface MetricsOptions extends Omit<MetricsQuery, 'metric' | 'period'> {
  readonly metric?: MetricsQuery['metric'];
  readonly since: string;
  readonly json?: boolean;
}

export function registerMetrics(program: Command, io: Io): void {
  program
    .command('mcp:metrics')
    .description('show how much was asked and used, how it was decided and how fast')
    .addOption(new Option('--metric <name>', 'one number').choices(metricName.options))
    .option('--since <time>', 'like 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z', '7d')
    .option('--until <time>', 'the same')
    .option('--resource <resource>', 'a resource or pattern, like "production/*"')
    .option('--key <name>', 'of one key')
    .addOption(new Option('--operation <operation>', 'of one kind').choices(operation.options))
    .addOption(new Option('--group-by <field>', 'in parts').choices(grouping.options))
    .option('--json', 'as JSON')
    .action((options: MetricsOptions) => metrics(io, options));
}

async function metrics(io: Io, { metric, json, ...query }: MetricsOptions): Promise<void> {
  const { mcp } = io.client();
  if (metric === undefined) {
    const { since, until, ...narrowed } = query;
    if (Object.keys(narrowed).length > 0)
      throw new UsageError(`Name a metric: --metric ${metricName.options.join('|')}.`);
    const summary = await mcp.metricsSummary({ since, until });
    return json ? io.json(summary) : io.table(rowsOf(summary), ROWS);
  }
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
  { header: 'what', cell: ({ name }) => name },
  { header: 'how much', cell: ({ value }) => value },
];

function rowsOf(summary: MetricsSummary): readonly Row[] {
  const { requests, unansweredShare, automaticShare, median, percentile95 } = summary;
  const rows: readonly (readonly [string, string | number])[] = [
    ['requests', requests],
    ['still waiting', summary.pending],
    ['approved', summary.approved],
    ['of these by a policy alone', `${summary.automatic} (${percent(automaticShare)})`],
    ['denied', summary.denied],
    ['not answered in time', `${summary.expired} (${percent(unansweredShare)})`],
    ['withdrawn', summary.cancelled],
    ['decided by people', summary.decided],
    ['half of them within', seconds(median)],
    ['95 % of them within', seconds(percentile95)],
    ['decided within 3 s, hardly read', summary.hasty],
    ['uses of what was granted', summary.uses],
  ];
  return rows.map(([name, value]) => ({ name, value: String(value) }));
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const seconds = (ms: number | undefined) =>
  ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`;

type Numbers = Pick<Measurement, 'count' | 'median' | 'percentile95'>;

const TIMES: readonly Column<Numbers>[] = [
  { header: 'median', cell: ({ median }) => median && seconds(median) },
  { header: '95 %', cell: ({ percentile95 }) => percentile95 && seconds(percentile95) },
];

const TOTAL: readonly Column<Measurement>[] = [
  { header: 'metric', cell: ({ metric }) => metric },
  { header: 'count', cell: ({ count }) => count },
  ...TIMES,
];

type Part = NonNullable<Measurement['series']>[number];

/** With a bar for each, so that one sees at a glance what stands out. */
function partsOf(parts: readonly Part[]): readonly Column<Part>[] {
  const most = Math.max(...parts.map(({ count }) => count));
  return [
    { header: 'name', cell: ({ name }) => name },
    { header: 'count', cell: ({ count }) => count },
    ...TIMES,
    { header: '', cell: ({ count }) => bar(count, most) },
  ];
}
