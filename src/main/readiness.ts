/** Reports whether this process can work: it asks the database. Slack's state is reported but never makes the process unready. */

import { SECOND } from '../domain/limits.js';
import type { Readiness } from '../http/health.js';
import { UnavailableError } from '../ports/unavailable.js';
import { schemaState } from '../store/migrate.js';
import { checkWritable } from '../store/writable.js';
import { inTime } from './in-time.js';
import type { Services } from './services.js';
import type { ConnectedSlack } from './slack.js';

/** Milliseconds until a database that does not answer counts as unreachable. */
const ANSWER_WITHIN = 3 * SECOND;

/** Simultaneous calls share one look at the database. It resolves within 3 s. */
export function createReadiness(
  { dataSource, slackOutbox }: Pick<Services, 'dataSource' | 'slackOutbox'>,
  slack: Pick<ConnectedSlack, 'state' | 'signatures'> | undefined,
): () => Promise<Readiness> {
  const connection = () => ({ slack: slack?.state() ?? 'off', ...signaturesOf(slack) }) as const;
  const look = async (): Promise<Readiness> => {
    try {
      const state = await schemaState(dataSource);
      if (state !== 'current') return { ok: false, database: 'schema_behind', ...connection() };
      await checkWritable(dataSource);
      return { ok: true, database: 'ok', ...(await slackReadiness(slackOutbox, connection())) };
    } catch (error) {
      return { ok: false, database: reasonOf(error), ...connection() };
    }
  };

  let running: Promise<Readiness> | undefined;
  return () => {
    running ??= inTime(look(), ANSWER_WITHIN, () => ({
      ok: false,
      database: 'unreachable',
      ...connection(),
    })).finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** PostgreSQL's `read_only_sql_transaction`: a replica, or a former primary. */
const READ_ONLY = '25006';

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable';
  if (error.name === 'NewerSchemaError') return 'schema_newer';
  const cause = error instanceof UnavailableError ? error.cause : error;
  const readOnly = cause instanceof Error && 'code' in cause && cause.code === READ_ONLY;
  return readOnly ? 'read_only' : 'unreachable';
}

/** Read from the database, so that every process reports a fault that only one of them has met. */
async function slackReadiness(
  slackOutbox: Services['slackOutbox'],
  connection: Pick<Readiness, 'slack' | 'slack_signatures'>,
): Promise<Pick<Readiness, 'slack' | 'slack_faults' | 'slack_signatures'>> {
  if (connection.slack === 'off') return connection;
  // Without Slack, none of Slack's code is loaded.
  const { slackFaults } = await import('../slack/delivery/stalled-deliveries.js');
  const faults = slackFaults(await slackOutbox.failing());
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
