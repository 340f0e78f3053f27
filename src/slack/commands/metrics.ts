/** `/vsecure metrics`: counts requests and how they were decided. */

import { DAY } from '../../domain/limits.js';
import { ok } from '../../domain/result.js';
import type { Metrics } from '../../usecases/metrics/metrics.js';
import { metricsLines } from '../format/metrics-lines.js';
import { utc } from '../format/text-objects.js';
import { optional, readMoment } from './argument-values.js';
import type { Command } from './command.js';

export interface MetricsParts {
  readonly metrics: Metrics;
}

const WEEK = 7 * DAY;

export const createMetricsCommand = ({ metrics }: MetricsParts): Command => ({
  name: 'metrics',
  usage: '[--since 7d] [--until …]',
  summary: 'count requests, and how and how fast they were decided',
  examples: ['metrics', 'metrics --since 24h', 'metrics --since 2026-11-01 --until 2026-12-01'],
  words: 0,
  flags: { since: '7d', until: '2026-12-01' },
  async answer({ flags, now, who }) {
    const since = optional(flags.get('since'), readMoment('since', now));
    if (!since.ok) return since;
    const until = optional(flags.get('until'), readMoment('until', now));
    if (!until.ok) return until;
    const person = await who();
    if (!person.ok) return person;
    const from = since.value ?? new Date(now.getTime() - WEEK);
    const counted = await metrics(person.value, { since: from, until: until.value });
    if (!counted.ok) return counted;
    const note =
      person.value.role === 'member'
        ? 'Counts requests of your own keys, and requests under policies that name you.'
        : 'Counts all requests.';
    const title = `Since ${utc(from)}${until.value ? `, until ${utc(until.value)}` : ''}`;
    return ok({ title, lines: metricsLines(counted.value), note });
  },
});
