/** Opens everything that listens for work: HTTP with MCP and REST, Slack, the receiver workers and the scheduled jobs. */

import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { createAdmission } from '../http/admission.js';
import { createHttpApp } from '../http/app.js';
import { callerOf, recheckCaller } from '../http/bearer.js';
import { listen } from '../http/server.js';
import { createMcpEndpoint } from '../mcp/server.js';
import type { Directory } from '../ports/index.js';
import { createAccessLog } from './access-log.js';
import { allowedHosts } from './allowed-hosts.js';
import type { Disposal } from './disposal.js';
import { createReadiness } from './readiness.js';
import { startReceiverWorkers } from './receiver-workers.js';
import { hasChanged } from './request-context.js';
import { startScheduledJobs } from './scheduled-jobs.js';
import type { Services, SlackState } from './services.js';
import { traceRequests } from './tracing.js';
import { VERSION } from './version.js';

/** How long running HTTP and Slack requests may take to finish when the server stops (ms). */
const STOP_WITHIN = 8_000;

export interface Listeners {
  readonly url: string;
  /** Looks at the outboxes now: a row may be due for Slack or for a receiver. */
  poke(): void;
  /** Undefined when Slack is not configured. */
  readonly directory: Directory | undefined;
  readonly slackState: () => SlackState;
}

/** Resolves when all of them are open. The disposal closes them, in reverse order. */
export async function openListeners(
  config: Config,
  services: Services,
  log: Logger,
  disposal: Disposal,
): Promise<Listeners> {
  const { useCases, tracing } = services;
  const slack = await openSlack(config, services, log);
  const slackState = () => slack?.state() ?? 'off';

  const stopping = new AbortController();
  const mcp = createMcpEndpoint({
    useCases,
    callerOf,
    recheckCaller,
    logger: log,
    hasChanged,
    version: VERSION,
    publicOrigin: config.http.publicUrl,
  });
  const admission = createAdmission(useCases, config.http.rateLimit);
  const app = createHttpApp({
    useCases,
    admission,
    logger: log,
    first: tracing ? [createAccessLog(log), traceRequests(tracing)] : [createAccessLog(log)],
    hasChanged,
    ready: createReadiness(services, slack),
    allowedHosts: allowedHosts(config),
    trustProxy: config.http.trustProxy,
    stopping: stopping.signal,
    beforeParsers: (express: Express) => {
      slack?.mount(express);
      express.all('/mcp', ...admission, mcp.handle);
    },
  });
  const http = await listen(app, config.http);
  disposal.add('http', () => http.close(STOP_WITHIN));
  disposal.add('mcp', () => mcp.close());

  if (slack) {
    await slack.start();
    disposal.add('slack', () => slack.stop(STOP_WITHIN));
  } else
    log.warn(
      {},
      'Slack is not connected: set SLACK_BOT_TOKEN. Until then, decide requests with `vsecure mcp:approvals` and `vsecure mcp:approve`',
    );

  const receivers = startReceiverWorkers(services, log);
  disposal.add('receivers', () => receivers.stop());
  const jobs = startScheduledJobs(config, services, log);
  disposal.add('jobs', () => jobs.stop());
  disposal.add('waiting calls', () => stopping.abort());

  const { url } = http;
  log.info({ url, mcp: `${url}/mcp`, slack: slackState() }, 'vsecure is up');
  return {
    url,
    poke() {
      slack?.worker.poke();
      receivers.poke();
    },
    directory: slack?.directory,
    slackState,
  };
}

/** Undefined when Slack is not configured: then its libraries, a third of all that a start loads, stay on disk. */
async function openSlack(config: Config, services: Services, log: Logger) {
  if (!config.slack) return undefined;
  const { connectSlack } = await import('./slack.js');
  return connectSlack(config, services, log);
}
