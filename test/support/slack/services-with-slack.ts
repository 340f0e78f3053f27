/** The whole server in this process, with a Slack workspace of its own: the real listeners over services that a test can inspect. */

import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createDisposal } from '../../../src/main/disposal.js';
import { type Listeners, openListeners } from '../../../src/main/listeners.js';
import { loggerOptions } from '../../../src/main/logger.js';
import { withLogging } from '../../../src/main/with-logging.js';
import { createJobRuns } from '../../../src/store/job-runs.js';
import type { UseCases } from '../../../src/usecases/index.js';
import { durableServices } from '../durable-services.js';
import { buildServices, type Services, type ServicesOptions } from '../services.js';
import { createHands } from './slack-actions.js';
import { openWorkspace, type Workspace } from './workspace.js';

export type ServicesWithSlack = Awaited<ReturnType<typeof servicesWithSlack>>;

export interface ServicesWithSlackOptions {
  readonly users: readonly string[];
  /** On a Postgres of its own that flushes to disk. */
  readonly durable?: boolean;
  /** Default: one of its own. */
  readonly database?: ServicesOptions['database'];
  /** Replaces a use case with a broken one. */
  readonly change?: (services: Services) => Partial<UseCases>;
  /** Breaks something in Slack before the server starts. */
  readonly before?: (workspace: Workspace) => void;
}

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export async function servicesWithSlack(options: ServicesWithSlackOptions) {
  const workspace = await openWorkspace(options.users);
  let listeners: Listeners | undefined;
  const services = await (options.durable ? durableServices : buildServices)({
    ...(options.database && { database: options.database }),
    onDelivery: () => listeners?.poke(),
    change: (parts) => ({ ...parts, directory: () => listeners?.directory }),
  });
  const lines: LogLine[] = [];
  const log = pino(loggerOptions('info'), { write: (line) => void lines.push(JSON.parse(line)) });
  const disposal = createDisposal(log);
  options.before?.(workspace);
  const useCases = { ...services.useCases, ...options.change?.(services) };
  const slackState = () => listeners?.slackState() ?? 'off';
  const opened = await openListeners(
    readConfig({ ...workspace.env, PORT: '0' }),
    {
      ...services,
      useCases: withLogging(useCases, { store: services.store, slackState, log }),
      dataSource: services.database.dataSource,
      jobRuns: createJobRuns(services.database.dataSource, 'a test'),
    },
    log,
    disposal,
  );
  listeners = opened;
  return {
    services,
    workspace,
    url: opened.url,
    lines,
    hands: createHands({ workspace, url: opened.url, cards: services.cards }),
    async ready() {
      const response = await fetch(`${opened.url}/readyz`);
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await disposal.run();
      await services.close();
      await workspace.close();
    },
  };
}
