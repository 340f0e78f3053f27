/** `release-grant`: "I am done". */

import { z } from 'zod';
import { grantId } from '../../contract/fields.js';
import { GRANT_STATUSES } from '../../domain/vocabulary.js';
import type { ReleaseGrant } from '../../usecases/approvals/end-grant.js';
import { idempotencyKeyOf } from '../../usecases/idempotent.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';

export const createReleaseGrantTool = (releaseGrant: ReleaseGrant) =>
  defineTool({
    name: 'release-grant',
    title: 'Release a grant',
    description: `Ends a grant of yours before its time. Call it as soon as you no longer need the secret: it shows the people who approved that the access is over. Reading again then needs a new request. A grant that already ended is refused with "grant_ended", which is as good.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    input: z.strictObject({
      grant_id: grantId.describe('From request-access, wait-for-decision or read-secret.'),
      ...idempotencyShape,
    }),
    output: z.object({ grant_id: grantId, status: z.enum(GRANT_STATUSES) }),
    async run({ grant_id, idempotency_key }, { caller }) {
      const question = { action: 'release_grant', grant_id };
      const repeat = idempotencyKeyOf(caller, idempotency_key, question);
      const answer = await releaseGrant(caller, grant_id, repeat);
      if (!answer.ok) return answer;
      return { ok: true, value: { grant_id: answer.value.id, status: answer.value.status } };
    },
  });
