/** `vsecure serve`: the real thing. Runs until SIGTERM or SIGINT, then drains and exits 0. */

import { once } from 'node:events';
import type { Logger } from 'pino';
import { readConfig } from '../config.js';
import { createLogger } from './logger.js';
import { type Server, startServer } from './server.js';

/** The very end of a stop (ms): whatever still hangs then is left behind. */
const EXIT_WITHIN = 10_000;

export async function run(): Promise<number> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const failure = dieDraining(log, stop);
  const server = await startServer(config, log);
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  log.info({}, 'stopping');
  await stopInTime(server, log);
  return failure();
}

async function stopInTime(server: Server, log: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    log.error({}, 'the stop took too long; leaving what still hangs');
    process.exit(1);
  }, EXIT_WITHIN);
  await server.stop();
  clearTimeout(deadline);
}

/** Slack's socket may reject where nobody can catch it. A process in an unknown state drains and leaves; a supervisor restarts it. */
function dieDraining(log: Logger, stop: AbortController): () => number {
  let code = 0;
  process.on('unhandledRejection', (reason) => {
    code = 1;
    log.error({ err: reason }, 'something failed where nothing could catch it: stopping');
    stop.abort();
  });
  return () => code;
}
