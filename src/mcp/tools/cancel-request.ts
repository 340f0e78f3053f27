/** `cancel-request`: withdraws what nobody needs to decide any more. */

import { z } from 'zod';
import { approvalId } from '../../contract/fields.js';
import { APPROVAL_STATUSES } from '../../domain/vocabulary.js';
import type { CancelRequest } from '../../usecases/approvals/cancel-request.js';
import { idempotencyKeyOf } from '../../usecases/idempotent.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';

export const createCancelRequestTool = (cancelRequest: CancelRequest) =>
  defineTool({
    name: 'cancel-request',
    title: 'Cancel a request',
    description: `Withdraws a pending request of yours, so that no person has to decide it. Use it when the task no longer needs the access, or to make room when request-access answers "too_many_pending". It cannot be undone, but the same can be asked for again. A request that is already decided is refused with "already_decided": give an approved one back with release-grant.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    input: z.strictObject({
      approval_id: approvalId.describe('From request-access.'),
      ...idempotencyShape,
    }),
    output: z.object({ approval_id: approvalId, status: z.enum(APPROVAL_STATUSES) }),
    async run({ approval_id, idempotency_key }, { caller }) {
      const question = { action: 'cancel_request', approval_id };
      const repeat = idempotencyKeyOf(caller, idempotency_key, question);
      const answer = await cancelRequest(caller, approval_id, repeat);
      if (!answer.ok) return answer;
      return { ok: true, value: { approval_id: answer.value.id, status: answer.value.status } };
    },
  });
