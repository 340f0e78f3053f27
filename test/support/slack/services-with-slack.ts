/** The whole product in this process, with a workspace of its own: every door of the real server over a house that a test can look into. */

import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createDisposal } from '../../../src/main/disposal.js';
import { openDoors } from '../../../src/main/listeners.js';
import { loggerOptions } from '../../../src/main/logger.js';
import type { Directory } from '../../../src/ports/index.js';
import { createJobRuns } from '../../../src/store/job-runs.js';
import type { UseCases } from '../../../src/usecases/index.js';
import { durableHouse } from '../durable-services.js';
import { buildHouse, type House } from '../services.js';
import { createHands } from './slack-actions.js';
import { openWorkspace, type Workspace } from './workspace.js';

export type HouseWithSlack = Awaited<ReturnType<typeof houseWithSlack>>;

export interface HouseWithSlackOptions {
  readonly users: readonly string[];
  /** On a Postgres of its own that flushes to disk. */
  readonly durable?: boolean;
  /** To replace a use case by a broken one. */
  readonly change?: (house: House) => Partial<UseCases>;
  /** What is wrong with Slack before the server starts. */
  readonly before?: (workspace: Workspace) => void;
}

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export async function houseWithSlack(options: HouseWithSlackOptions) {
  const workspace = await openWorkspace(options.users);
  let poke = () => {};
  let directory: Directory | undefined;
  const house = await (options.durable ? durableHouse : buildHouse)({
    onDelivery: () => poke(),
    change: (parts) => ({ ...parts, directory: () => directory }),
  });
  const lines: LogLine[] = [];
  const log = pino(loggerOptions('info'), { write: (line) => void lines.push(JSON.parse(line)) });
  const disposal = createDisposal(log);
  options.before?.(workspace);
  const doors = await openDoors(
    readConfig({ ...workspace.env, PORT: '0' }),
    {
      ...house,
      useCases: { ...house.useCases, ...options.change?.(house) },
      dataSource: house.database.dataSource,
      jobRuns: createJobRuns(house.database.dataSource, 'a test'),
    },
    log,
    disposal,
  );
  poke = doors.poke;
  directory = doors.directory;
  return {
    house,
    workspace,
    url: doors.url,
    lines,
    hands: createHands({ workspace, url: doors.url, cards: house.cards }),
    async ready() {
      const response = await fetch(`${doors.url}/readyz`);
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await disposal.run();
      await house.close();
      await workspace.close();
    },
  };
}
