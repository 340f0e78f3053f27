/** `vsecure migrate`: runs the missing migrations and prints how many ran. */

import { readConfig } from '../config.js';
import { migrate } from '../store/migrate.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openConfiguredDatabase } from './services.js';

export async function run(): Promise<number> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const disposal = createDisposal(log);
  try {
    const { dataSource } = await openConfiguredDatabase(config, log, disposal);
    const ran = await migrate(dataSource);
    process.stdout.write(ran === 0 ? 'The schema is up to date.\n' : `Ran ${ran} migration(s).\n`);
    return 0;
  } finally {
    await disposal.run();
  }
}
