/** `vsecure admin:bootstrap`: creates a key for the administrator, also when the last one is lost. Needs the database and the master key. */

import { readConfig } from '../config.js';
import { explain } from '../domain/refusal.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openServices } from './services.js';

/** Writes only the key to stdout. The key never reaches the logger. */
export async function run(): Promise<number> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const disposal = createDisposal(log);
  try {
    const { useCases } = await openServices(config, log, disposal);
    const created = await useCases.bootstrapAdmin(config.adminEmail);
    if (!created.ok) {
      process.stderr.write(`${explain(created.refusal)}\n`);
      return 1;
    }
    process.stderr.write(
      `Created a human key for the administrator ${config.adminEmail}. It is shown only once. Keep it where no agent can read it:\n`,
    );
    process.stdout.write(`${created.value.token}\n`);
    return 0;
  } finally {
    await disposal.run();
  }
}
