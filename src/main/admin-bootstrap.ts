/** `vsecure admin:bootstrap`: makes (or recovers) an admin's key. Whoever has the database and the master key may do this. */

import { readConfig } from '../config.js';
import { explain } from '../domain/refusal.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openServices } from './services.js';

/** The key goes to stdout and nothing else does; it never passes the logger. */
export async function run(): Promise<number> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const disposal = createDisposal(log);
  try {
    const { useCases } = await openServices(config, log, disposal);
    const made = await useCases.bootstrapAdmin(config.adminEmail);
    if (!made.ok) {
      process.stderr.write(`${explain(made.refusal)}\n`);
      return 1;
    }
    process.stderr.write(
      `A human key for the admin ${config.adminEmail}, shown this once. Keep it where no agent can read it:\n`,
    );
    process.stdout.write(`${made.value.token}\n`);
    return 0;
  } finally {
    await disposal.run();
  }
}
