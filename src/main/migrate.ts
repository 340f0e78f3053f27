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
}

export async function run({ dryRun }: MigrateArguments): Promise<number> {
  const config = readConfig(process.env);
  const disposal = createDisposal(createLogger(config.logLevel));
  try {
    process.stdout.write(dryRun ? await plan(config, disposal) : await upgrade(config, disposal));
    return 0;
  } finally {
    await disposal.run();
  }
}

const UP_TO_DATE = 'The schema is up to date.\n';

async function upgrade(config: Config, disposal: Disposal): Promise<string> {
  const ran = await migrate(await open(config, disposal));
  return ran === 0 ? UP_TO_DATE : `Ran ${ran} migration(s).\n`;
}

async function plan(config: Config, disposal: Disposal): Promise<string> {
  const { database } = config;
  // Opening an embedded database that does not exist would create it.
  const isNew = !database.url && !isCluster(database.dataDir);
  const names = isNew ? allMigrations() : await pendingMigrations(await open(config, disposal));
  if (names.length === 0) return UP_TO_DATE;
  const head = isNew ? `There is no database at ${database.dataDir} yet. ` : '';
  const list = names.map((name) => `  ${name}\n`).join('');
  return `${head}Would run ${names.length} migration(s):\n${list}Nothing was changed.\n`;
}

async function open(config: Config, disposal: Disposal) {
  const log = createLogger(config.logLevel);
  return (await openConfiguredDatabase(config, log, disposal)).dataSource;
}
