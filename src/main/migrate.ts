/** `vsecure migrate`: runs the missing migrations and prints how many ran. With `--dry-run` it only names them. */

import { type Config, readConfig } from '../config.js';
import { isCluster } from '../postgres/cluster.js';
import { allMigrations, migrate, pendingMigrations } from '../store/migrate.js';
import { createDisposal, type Disposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openConfiguredDatabase } from './services.js';

export interface MigrateArguments {
  /** Changes nothing. */
  readonly dryRun?: boolean;
  /** Prints JSON instead of sentences. */
  readonly json?: boolean;
}

export async function run({ dryRun, json }: MigrateArguments): Promise<number> {
  const config = readConfig(process.env);
  const disposal = createDisposal(createLogger(config.logLevel));
  try {
    if (dryRun) process.stdout.write(planText(await plan(config, disposal), json));
    else process.stdout.write(ranText(await migrate(await open(config, disposal)), json));
    return 0;
  } finally {
    await disposal.run();
  }
}

const UP_TO_DATE = 'The schema is up to date.\n';

function ranText(ran: number, json: boolean | undefined): string {
  if (json) return `${JSON.stringify({ ran })}\n`;
  return ran === 0 ? UP_TO_DATE : `Ran ${ran} migration(s).\n`;
}

interface Plan {
  readonly names: readonly string[];
  /** Set when there is no database yet. */
  readonly newAt?: string | undefined;
}

async function plan(config: Config, disposal: Disposal): Promise<Plan> {
  const { database } = config;
  // Opening an embedded database that does not exist would create it.
  const isNew = !database.url && !isCluster(database.dataDir);
  const names = isNew ? allMigrations() : await pendingMigrations(await open(config, disposal));
  return { names, newAt: isNew ? database.dataDir : undefined };
}

function planText({ names, newAt }: Plan, json: boolean | undefined): string {
  if (json) return `${JSON.stringify({ wouldRun: names })}\n`;
  if (names.length === 0) return UP_TO_DATE;
  const head = newAt ? `There is no database at ${newAt} yet. ` : '';
  const list = names.map((name) => `  ${name}\n`).join('');
  return `${head}Would run ${names.length} migration(s):\n${list}Nothing was changed.\n`;
}

async function open(config: Config, disposal: Disposal) {
  const log = createLogger(config.logLevel);
  return (await openConfiguredDatabase(config, log, disposal)).dataSource;
}
