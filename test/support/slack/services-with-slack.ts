/** The whole product in this process, with a workspace of its own: every door of the real server over a house that a test can look into. */

import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createDisposal } from '../../../src/main/disposal.js';
import { openListeners } from '../../../src/main/listeners.js';
import { loggerOptions } from '../../../src/main/logger.js';
import type { Directory } from '../../../src/ports/index.js';
import { createJobRuns } from '../../../src/store/job-runs.js';
import type { UseCases } from '../../../src/usecases/index.js';
import { durableServices } from '../durable-services.js';
import { buildServices, type Services } from '../services.js';
import { createHands } from './slack-actions.js';
import { openWorkspace, type Workspace } from './workspace.js';

export type ServicesWithSlack = Awaited<ReturnType<typeof servicesWithSlack>>;

export interface ServicesWithSlackOptions {
  readonly users: readonly string[];
  /** On a Postgres of its own that flushes to disk. */
  readonly durable?: boolean;
  /** To replace a use case by a broken one. */
  readonly change?: (services: Services) => Partial<UseCases>;
  /** What is wrong with Slack before the server starts. */
  readonly before?: (workspace: Workspace) => void;
}

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export async function servicesWithSlack(options: ServicesWithSlackOptions) {
  const workspace = await openWorkspace(options.users);
  let poke = () => {};
  let directory: Directory | undefined;
  const services = await (options.durable ? durableServices : buildServices)({
    onDelivery: () => poke(),
    change: (parts) => ({ ...parts, directory: () => directory }),
  });
  const lines: LogLine[] = [];
  const log = pino(loggerOptions('info'), { write: (line) => void lines.push(JSON.parse(line)) });
  const disposal = createDisposal(log);
  options.before?.(workspace);
  const listeners = await openListeners(
    readConfig({ ...workspace.env, PORT: '0' }),
    {
      ...services,
      useCases: { ...services.useCases, ...options.change?.(services) },
      dataSource: services.database.dataSource,
      jobRuns: createJobRuns(services.database.dataSource, 'a test'),
    },
    log,
    disposal,
  );
  poke = listeners.poke;
  directory = listeners.directory;
  return {
    services,
    workspace,
    url: listeners.url,
    lines,
    hands: createHands({ workspace, url: listeners.url, cards: services.cards }),
    async ready() {
      const response = await fetch(`${listeners.url}/readyz`);
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await disposal.run();
      await services.close();
      await workspace.close();
    },
  };
}
