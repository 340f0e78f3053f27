/** Runs a delivery in the context of the request that asked for the approval, and logs when it was sent. */

import type { Deliver } from '../notify/outbox-worker.js';
import type { Log, Reads } from '../ports/index.js';
import { approvalFields, approvalIdIn } from './approval-log-fields.js';
import { withinRequest } from './request-context.js';
import { newRequestId } from './request-id.js';

export function withRequestContext(
  { approvals }: Pick<Reads, 'approvals'>,
  destination: string,
  deliver: Deliver,
  log: Pick<Log, 'info'>,
): Deliver {
  return async (leased, signal) => {
    const id = approvalIdIn(leased.subject);
    const approval = id && (await approvals.find(id));
    if (!approval) return deliver(leased, signal);
    const { request = newRequestId(), traceparent } = approval;
    return withinRequest({ request, traceparent }, async () => {
      const result = await deliver(leased, signal);
      if (result.outcome === 'sent')
        log.info({ ...approvalFields(approval), destination }, 'delivered');
      return result;
    });
  };
}
