/** The periodic jobs of the server: each calls one use case. Times are UTC. */

import type { Config } from '../config.js';
import { type Schedule, startJobs } from '../jobs/schedule.js';
import type { Log } from '../ports/index.js';
import { createForgetDelivered } from '../store/retention.js';
import type { Services } from './services.js';

export function startScheduledJobs(config: Config, services: Services, log: Log): Schedule {
  const { useCases, dataSource, jobRuns } = services;
  const forgetDelivered = createForgetDelivered(dataSource, config.keepDeliveries);
  return startJobs(
    [
      { name: 'expire-approvals', when: '*/10 * * * * *', run: useCases.expireApprovals },
      { name: 'remind-approvers', when: '*/10 * * * * *', run: useCases.remindApprovers },
      { name: 'escalate-approvals', when: '*/10 * * * * *', run: useCases.escalateApprovals },
      { name: 'notify-first-uses', when: '*/5 * * * * *', run: useCases.notifyFirstUses },
      {
        name: 'stop-deactivated-users',
        when: '*/30 * * * * *',
        run: useCases.stopDeactivatedUsers.all,
      },
      { name: 'evaluate-alerts', when: '0 * * * * *', run: useCases.evaluateAlerts },
      { name: 'refresh-approvers', when: '0 */5 * * * *', run: useCases.refreshApprovers },
      { name: 'record-limit-refusals', when: '30 * * * * *', run: useCases.recordLimitRefusals },
      { name: 'roll-up-metrics', when: '5 * * * * *', run: services.countOn },
      { name: 'delete-shown-secrets', when: '40 * * * * *', run: useCases.deleteShownSecrets },
      { name: 'delete-old-answers', when: '0 37 3 * * *', run: useCases.deleteOldAnswers },
      { name: 'delete-old-deliveries', when: '0 47 3 * * *', run: forgetDelivered },
      {
        name: 'open-next-audit-partition',
        when: '0 */10 * * * *',
        run: useCases.openAuditPartition,
      },
      { name: 'delete-old-job-runs', when: '0 17 3 * * *', run: jobRuns.forget },
    ],
    jobRuns,
    log,
  );
}
