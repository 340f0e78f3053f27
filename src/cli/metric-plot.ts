/** Draws a metric over time as columns of text that fit into 80 characters. */

import type { Measurement, MetricsQuery } from '../sdk/index.js';
import { elapsed } from './elapsed-time.js';
import type { Io } from './io.js';

/** Columns of the plot: each is one call to the server, and two characters wide. */
const COLUMNS = 30;
const ROWS = 8;
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

const UNITS: Readonly<Record<string, string>> = { access_count: 'uses' };

/** Measures equal parts of the span one by one, so that every number is exact, and draws them. */
export async function plotMetric(io: Io, query: MetricsQuery): Promise<void> {
  const { metrics } = io.client().mcp;
  const whole = await metrics(query);
  const [from, to] = [Date.parse(whole.since), Date.parse(whole.until)];
  const edge = (at: number) => new Date(from + ((to - from) * at) / COLUMNS).toISOString();
  const progress = io.progress('Measuring');
  const parts: Measurement[] = [];
  try {
    for (let at = 0; at < COLUMNS; at += 1) {
      parts.push(await metrics({ ...query, since: edge(at), until: edge(at + 1) }));
      progress.at(at + 1, COLUMNS);
    }
  } finally {
    progress.end();
  }
  io.out(plotOf(whole, parts));
}

/** The lines of the plot: what it shows, the columns with their scale, the times, and the highest value. */
export function plotOf(whole: Measurement, parts: readonly Measurement[]): string {
  const isTime = whole.metric === 'time_to_decision';
  const unit = UNITS[whole.metric] ?? 'requests';
  const said = (value: number) => (isTime ? elapsed(value) : `${Math.round(value)}`);
  const values = parts.map(({ count, median }) => (isTime ? median : count));
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const step = elapsed((Date.parse(whole.until) - Date.parse(whole.since)) / parts.length);
  // Half of an odd count is no count.
  const hasHalf = most > 0 && (isTime || most % 2 === 0);
  const scale = [most, most / 2, 0].map(said);
  const width = Math.max(...scale.map((text) => text.length));
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const label = row === 0 ? scale[0] : row === ROWS / 2 && hasHalf ? scale[1] : '';
    const cells = values.map((value) => cell(value, most, ROWS - 1 - row).repeat(2)).join('');
    return `${(label ?? '').padStart(width)} │${cells}`.trimEnd();
  });
  const [start, end] = [whole.since, whole.until].map((at) => at.slice(0, 16).replace('T', ' '));
  const axis = `${(scale[2] ?? '').padStart(width)} └${'──'.repeat(parts.length)}`;
  const times = `${' '.repeat(width + 2)}${start}${(end ?? '').padStart(2 * parts.length - 16)}`;
  const total = isTime
    ? `${whole.count} decisions, median ${elapsed(whole.median)}`
    : `${whole.count} ${unit}`;
  const highest = isTime ? `highest median ${said(most)}` : `highest ${said(most)} ${unit}`;
  return [
    `${whole.metric}${isTime ? ' (median)' : ` (${unit})`}, one column: ${step}`,
    ...lines,
    axis,
    `${times} UTC`,
    `${total}; ${highest}`,
  ].join('\n');
}

/** The character of a column in the row with this number from below. A value above zero is always visible. */
function cell(value: number | undefined, most: number, row: number): string {
  if (value === undefined || value <= 0) return ' ';
  const eighths = Math.max(1, Math.round((value / most) * ROWS * 8)) - row * 8;
  return EIGHTHS[Math.min(8, Math.max(0, eighths))] ?? ' ';
}
