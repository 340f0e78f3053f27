/** `cancel-request`: withdraws a pending request. */

import { z } from 'zod';
import { approvalId } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import { APPROVAL_STATUSES } from '../../domain/vocabulary.js';
import type { CancelRequest } from '../../usecases/approvals/cancel-request.js';
import { idempotencyKeyOf } from '../../usecases/idempotent.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';

export const createCancelRequestTool = (cancelRequest: CancelRequest) =>
  defineTool({
    name: 'cancel-request',
    title: 'Cancel a request',
    scope: 'access:request',
    description: 'Withdraws your pending request. You can request again later.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    input: z.strictObject({
      approval_id: approvalId,
      ...idempotencyShape,
    }),
    output: z.object({ approval_id: approvalId, status: z.enum(APPROVAL_STATUSES) }),
    async run({ approval_id, idempotency_key }, { caller }) {
      const call = { action: 'cancel_request', approval_id };
      const idempotencyKey = idempotencyKeyOf(caller, idempotency_key, call);
      const answer = await cancelRequest(caller, approval_id, idempotencyKey);
      if (!answer.ok) return answer;
      return ok({ approval_id: answer.value.id, status: answer.value.status });
    },
  });
