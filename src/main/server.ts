/** The whole server: the house, its doors, its clockwork. Built by hand, taken down in reverse. */

import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { createDisposal, type Disposal } from './disposal.js';
import { type Listeners, openListeners } from './listeners.js';
import { openServices, type Services } from './services.js';
import { openTracing } from './tracing.js';

export interface Server {
  readonly url: string;
  readonly services: Services;
  /** Takes no new work, lets what runs finish, and closes everything. */
  stop(): Promise<void>;
}

/** Starts everything, or throws and leaves nothing running. */
export async function startServer(config: Config, log: Logger): Promise<Server> {
  const disposal = createDisposal(log);
  try {
    return await putUp(config, log, disposal);
  } catch (error) {
    await disposal.run();
    throw error;
  }
}

async function putUp(config: Config, log: Logger, disposal: Disposal): Promise<Server> {
  let listeners: Listeners | undefined;
  const tracing = await openTracing(config);
  if (tracing) disposal.add('tracing', () => tracing.stop());
  const services = await openServices(config, log, disposal, {
    onDelivery: () => listeners?.poke(),
    directory: () => listeners?.directory,
    tracing,
  });
  listeners = await openListeners(config, services, log, disposal);
  return { url: listeners.url, services, stop: () => disposal.run() };
}
