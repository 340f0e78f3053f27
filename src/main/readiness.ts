/** Reports whether this process can work: it queries the database each time. Slack's state is reported but never makes the process unready. */

import type { Readiness } from '../http/health.js';
import { slackFaults } from '../slack/delivery/stalled-deliveries.js';
import { schemaState } from '../store/migrate.js';
import type { Services } from './services.js';

export function createReadiness(
  { dataSource, slackOutbox }: Pick<Services, 'dataSource' | 'slackOutbox'>,
  slackState: () => Readiness['slack'],
): () => Promise<Readiness> {
  return async () => {
    const slack = slackState();
    try {
      const state = await schemaState(dataSource);
      if (state !== 'current') return { ok: false, database: 'schema_behind', slack };
      return { ok: true, database: 'ok', ...(await slackReadiness(slackOutbox, slack)) };
    } catch (error) {
      const newer = error instanceof Error && error.name === 'NewerSchemaError';
      return { ok: false, database: newer ? 'schema_newer' : 'unreachable', slack };
    }
  };
}

/** Read from the database, so that every process reports a fault that only one of them has met. */
async function slackReadiness(
  slackOutbox: Services['slackOutbox'],
  slack: Readiness['slack'],
): Promise<Pick<Readiness, 'slack' | 'slack_faults'>> {
  const faults = slack === 'off' ? [] : slackFaults(await slackOutbox.failing());
  if (faults.length === 0) return { slack };
  const wireFaults = faults.map((fault) => ({ ...fault, since: fault.since.toISOString() }));
  return { slack: 'degraded', slack_faults: wireFaults };
}
