/** The whole server: services, then listeners. Its parts are built by hand and stopped in reverse order. */

import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { createDisposal, type Disposal } from './disposal.js';
import { welcomeFirstAdmin } from './first-admin.js';
import type { Listeners } from './listeners.js';
import { openServices, type Services } from './services.js';
import { openTracing } from './tracing.js';

export interface Server {
  readonly url: string;
  readonly services: Services;
  /** Takes no new work, lets running work finish, and closes everything. */
  stop(): Promise<void>;
}

/** Starts everything, or throws and leaves nothing running. `onDatabaseLost`: the embedded database ended for good, so the process should, too. */
export async function startServer(
  config: Config,
  log: Logger,
  onDatabaseLost: () => void,
): Promise<Server> {
  const disposal = createDisposal(log);
  try {
    return await start(config, log, disposal, onDatabaseLost);
  } catch (error) {
    await disposal.run();
    throw error;
  }
}

async function start(
  config: Config,
  log: Logger,
  disposal: Disposal,
  onDatabaseLost: () => void,
): Promise<Server> {
  const tracing = await openTracing(config);
  if (tracing) disposal.add('tracing', () => tracing.stop());
  let listeners: Listeners | undefined;
  const opened = openServices(config, log, disposal, {
    onDelivery: () => listeners?.poke(),
    directory: () => listeners?.directory,
    slackState: () => listeners?.slackState() ?? 'off',
    tracing,
    onDatabaseLost,
  });
  // Loads while PostgreSQL starts.
  const [services, { openListeners }] = await Promise.all([opened, import('./listeners.js')]);
  await welcomeFirstAdmin(services.store, services.useCases, config.adminEmail, log);
  listeners = await openListeners(config, services, log, disposal);
  return { url: listeners.url, services, stop: () => disposal.run() };
}
