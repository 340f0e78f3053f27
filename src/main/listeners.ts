/** Everything through which the house is reached, and the clockwork behind it: HTTP, MCP, Slack, jobs. */

import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { createAdmission } from '../http/admission.js';
import { createHttpApp } from '../http/app.js';
import { callerOf } from '../http/bearer.js';
import { listen } from '../http/server.js';
import { startJobs } from '../jobs/schedule.js';
import { createMcpEndpoint } from '../mcp/server.js';
import type { Directory } from '../ports/index.js';
import { createForgetDelivered } from '../store/retention.js';
import { createAccessLog } from './access-log.js';
import { allowedHosts } from './allowed-hosts.js';
import type { Disposal } from './disposal.js';
import { welcomeFirstAdmin } from './first-admin.js';
import { createAnnounced } from './log-decide-commands.js';
import { createAlarmed } from './log-suspensions.js';
import { createReadiness } from './readiness.js';
import { startReceiverWorkers } from './receiver-workers.js';
import type { Services } from './services.js';
import { connectSlack } from './slack.js';
import { traceRequests } from './tracing.js';
import { VERSION } from './version.js';
import { createLogged } from './with-logging.js';

/** How long a stop may take in all (ms). */
const STOP_WITHIN = 8_000;

export interface Listeners {
  readonly url: string;
  /** Something may be due for Slack, or for a receiver. */
  poke(): void;
  /** Undefined when no Slack is configured. */
  readonly directory: Directory | undefined;
}

/** Resolves when all of them are open. They are closed by the disposal, in reverse. */
export async function openListeners(
  config: Config,
  services: Services,
  log: Logger,
  disposal: Disposal,
): Promise<Listeners> {
  const { tracing } = services;
  const slack = connectSlack(
    config,
    {
      ...services,
      useCases: createAlarmed(createLogged(services.useCases, services.store, log), log),
    },
    log,
  );
  const slackState = () => slack?.state() ?? 'off';
  const useCases = createAlarmed(
    createAnnounced(createLogged(services.useCases, services.store, log), slackState, log),
    log,
  );
  await welcomeFirstAdmin(services.store, useCases, config.adminEmail, log);

  const stopping = new AbortController();
  const mcp = createMcpEndpoint({ useCases, callerOf, logger: log, version: VERSION });
  const admission = createAdmission(useCases, config.http.rateLimit);
  const app = createHttpApp({
    useCases,
    admission,
    logger: log,
    first: tracing ? [createAccessLog(log), traceRequests(tracing)] : [createAccessLog(log)],
    ready: createReadiness(services, slackState),
    allowedHosts: allowedHosts(config),
    trustProxy: config.http.trustProxy,
    stopping: stopping.signal,
    beforeParsers: (express: Express) => {
      slack?.mount(express);
      express.all('/mcp', ...admission, mcp.handle);
    },
  });
  const listening = await listen(app, config.http);
  disposal.add('http', () => listening.close(STOP_WITHIN));
  disposal.add('mcp', () => mcp.close());

  if (slack) {
    await slack.start();
    disposal.add('slack', () => slack.stop(STOP_WITHIN));
  } else
    log.warn(
      {},
      'Slack is not connected: set SLACK_BOT_TOKEN. People decide by `vsecure mcp:approvals` and `vsecure mcp:approve`',
    );

  const receivers = startReceiverWorkers(services, log);
  disposal.add('receivers', () => receivers.stop());

  const forgetDelivered = createForgetDelivered(services.dataSource, config.keepDeliveries);
  const jobs = startJobs(
    [
      { name: 'expire', when: '*/10 * * * * *', run: useCases.expireApprovals },
      { name: 'remind', when: '*/10 * * * * *', run: useCases.remindApprovers },
      { name: 'escalate', when: '*/10 * * * * *', run: useCases.escalateApprovals },
      { name: 'tell-first-uses', when: '*/5 * * * * *', run: useCases.notifyFirstUses },
      { name: 'stop-leavers', when: '*/30 * * * * *', run: useCases.stopDeactivatedUsers.all },
      { name: 'alerts', when: '0 * * * * *', run: useCases.evaluateAlerts },
      { name: 'refresh-approvers', when: '0 */5 * * * *', run: useCases.refreshApprovers },
      { name: 'count-on', when: '5 * * * * *', run: services.countOn },
      { name: 'forget-answers', when: '0 37 3 * * *', run: useCases.deleteOldAnswers },
      { name: 'forget-delivered', when: '0 47 3 * * *', run: forgetDelivered },
      { name: 'next-audit-part', when: '0 */10 * * * *', run: useCases.nextAuditPart },
      { name: 'forget-job-runs', when: '0 17 3 * * *', run: services.jobRuns.forget },
    ],
    services.jobRuns,
    log,
  );
  disposal.add('jobs', () => jobs.stop());
  disposal.add('waiters', () => stopping.abort());
  log.info(
    { url: listening.url, mcp: `${listening.url}/mcp`, slack: slackState() },
    'vsecure is up',
  );
  const { url } = listening;
  return {
    url,
    poke() {
      slack?.worker.poke();
      receivers.poke();
    },
    directory: slack?.directory,
  };
}
