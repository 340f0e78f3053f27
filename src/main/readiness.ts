/** Can this process do its work? Asked of the database each time; Slack is reported, never a reason to be unready. */

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

/** From the database, so that every process knows what only one of them has met. */
async function slackReadiness(
  slackOutbox: Services['slackOutbox'],
  slack: Readiness['slack'],
): Promise<Pick<Readiness, 'slack' | 'slack_faults'>> {
  const faults = slack === 'off' ? [] : slackFaults(await slackOutbox.failing());
  if (faults.length === 0) return { slack };
  const wired = faults.map((fault) => ({ ...fault, since: fault.since.toISOString() }));
  return { slack: 'degraded', slack_faults: wired };
}
