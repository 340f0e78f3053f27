/** Reports whether this process can work: it queries the database each time. Slack's state is reported but never makes the process unready. */

import type { Readiness } from '../http/health.js';
import { slackFaults } from '../slack/delivery/stalled-deliveries.js';
import { schemaState } from '../store/migrate.js';
import type { Services } from './services.js';
import type { ConnectedSlack } from './slack.js';

export function createReadiness(
  { dataSource, slackOutbox }: Pick<Services, 'dataSource' | 'slackOutbox'>,
  slack: Pick<ConnectedSlack, 'state' | 'signatures'> | undefined,
): () => Promise<Readiness> {
  return async () => {
    const connection = { slack: slack?.state() ?? 'off', ...signaturesOf(slack) } as const;
    try {
      const state = await schemaState(dataSource);
      if (state !== 'current') return { ok: false, database: 'schema_behind', ...connection };
      return { ok: true, database: 'ok', ...(await slackReadiness(slackOutbox, connection)) };
    } catch (error) {
      const newer = error instanceof Error && error.name === 'NewerSchemaError';
      return { ok: false, database: newer ? 'schema_newer' : 'unreachable', ...connection };
    }
  };
}

/** Read from the database, so that every process reports a fault that only one of them has met. */
async function slackReadiness(
  slackOutbox: Services['slackOutbox'],
  connection: Pick<Readiness, 'slack' | 'slack_signatures'>,
): Promise<Pick<Readiness, 'slack' | 'slack_faults' | 'slack_signatures'>> {
  const faults = connection.slack === 'off' ? [] : slackFaults(await slackOutbox.failing());
  if (faults.length === 0) return connection;
  const wireFaults = faults.map((fault) => ({ ...fault, since: fault.since.toISOString() }));
  return { ...connection, slack: 'degraded', slack_faults: wireFaults };
}

function signaturesOf(
  slack: Pick<ConnectedSlack, 'signatures'> | undefined,
): Pick<Readiness, 'slack_signatures'> {
  const report = slack?.signatures();
  if (!report) return {};
  const { lastRefused, ...counts } = report;
  return { slack_signatures: { ...counts, last_refused: lastRefused.toISOString() } };
}
