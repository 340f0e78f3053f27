/** `vsecure serve`: runs the server until SIGTERM or SIGINT, then stops it gracefully and exits with 0. */

import { once } from 'node:events';
import type { Logger } from 'pino';
import { readConfig } from '../config.js';
import { createLogger } from './logger.js';
import { type Server, startServer } from './server.js';

/** How long a stop may take before the process exits anyway (ms). */
const EXIT_WITHIN = 10_000;

export async function run(): Promise<number> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  let exitCode = 0;
  // With exit code 1 a supervisor restarts the process.
  const fail = () => {
    exitCode = 1;
    stop.abort();
  };
  stopOnUnhandledRejection(log, fail);
  const server = await startServer(config, log, fail);
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  log.info({}, 'stopping');
  await stopInTime(server, log);
  return exitCode;
}

async function stopInTime(server: Server, log: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    log.error({}, 'stopping took too long: exiting with work unfinished');
    process.exit(1);
  }, EXIT_WITHIN);
  await server.stop();
  clearTimeout(deadline);
}

/** An unhandled rejection, as Slack's socket client may cause, leaves the process in an unknown state. */
function stopOnUnhandledRejection(log: Logger, fail: () => void): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason }, 'unhandled rejection: stopping the server');
    fail();
  });
}
