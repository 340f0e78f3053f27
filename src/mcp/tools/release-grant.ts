/** `release-grant`: gives the access back before it expires. */

import { z } from 'zod';
import { grantId } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import { GRANT_STATUSES } from '../../domain/vocabulary.js';
import type { ReleaseGrant } from '../../usecases/approvals/end-grant.js';
import { idempotencyKeyOf } from '../../usecases/idempotent.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';

export const createReleaseGrantTool = (releaseGrant: ReleaseGrant) =>
  defineTool({
    name: 'release-grant',
    title: 'Release a grant',
    scope: 'grants:use',
    description: 'Ends your grant. Call it as soon as you are done.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    input: z.strictObject({
      grant_id: grantId,
      ...idempotencyShape,
    }),
    output: z.object({ grant_id: grantId, status: z.enum(GRANT_STATUSES) }),
    async run({ grant_id, idempotency_key }, { caller }) {
      const call = { action: 'release_grant', grant_id };
      const idempotencyKey = idempotencyKeyOf(caller, idempotency_key, call);
      const answer = await releaseGrant(caller, grant_id, idempotencyKey);
      if (!answer.ok) return answer;
      return ok({ grant_id: answer.value.id, status: answer.value.status });
    },
  });
