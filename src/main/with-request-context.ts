/** Delivers within the request that asked for what is delivered, and says in the log when it has arrived. */

import type { Deliver } from '../notify/outbox-worker.js';
import type { Log, Reads } from '../ports/index.js';
import { withinRequest } from './request-context.js';
import { newRequestId } from './request-id.js';
import { approvalFields, approvalIn } from './with-logging.js';

export function withRequestContext(
  { approvals }: Pick<Reads, 'approvals'>,
  destination: string,
  deliver: Deliver,
  log: Pick<Log, 'info'>,
): Deliver {
  return async (leased, signal) => {
    const id = approvalIn(leased.subject);
    const approval = id && (await approvals.find(id));
    if (!approval) return deliver(leased, signal);
    const { request = newRequestId(), traceparent } = approval;
    return withinRequest({ request, traceparent }, async () => {
      const outcome = await deliver(leased, signal);
      if (outcome.outcome === 'sent')
        log.info({ ...approvalFields(approval), destination }, 'delivered');
      return outcome;
    });
  };
}
