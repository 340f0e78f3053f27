/** `list-api-keys`: every key's owner and rights. Never a key itself. */

import { z } from 'zod';
import { keyClass, keyId, scope, timestamp } from '../../contract/fields.js';
import type { Refusal } from '../../domain/refusal.js';
import { ok } from '../../domain/result.js';
import type { ListedKey } from '../../usecases/authorization/manage-keys.js';
import type { ReviewKeys } from '../../usecases/authorization/review-keys.js';
import type { Next } from '../next-step.js';
import { defineTool } from '../tool.js';

const key = z.object({
  key_id: keyId.describe('The public part of the key.'),
  name: z.string(),
  class: keyClass,
  owner: z.string().describe('E-mail address of the owner.'),
  scopes: z.array(scope),
  created_at: timestamp,
  expires_at: timestamp.optional(),
  revoked_at: timestamp.optional(),
  suspended_at: timestamp.optional(),
});

export const createListApiKeysTool = (reviewKeys: ReviewKeys) =>
  defineTool({
    name: 'list-api-keys',
    title: 'List API keys',
    description: `Lists every API key for a security review: its name, owner, class, scopes and dates, never the key itself. It needs an active grant: call request-access with resources ["vsecure://api-keys"] and operation "read" first. Each call counts as a use of that grant and is recorded.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input: z.strictObject({}),
    output: z.object({ keys: z.array(key) }),
    async run(_, { caller }) {
      const answer = await reviewKeys(caller);
      if (answer.ok) return ok({ keys: answer.value.map(toOutput) });
      return { ...answer, next: requestFirst(answer.refusal) };
    },
  });

function toOutput({ key: { id, scopes, createdAt, ...dates }, principal, ownerEmail }: ListedKey) {
  return {
    key_id: id,
    name: principal.name,
    class: principal.class,
    owner: ownerEmail,
    scopes: [...scopes],
    created_at: createdAt.toISOString(),
    expires_at: dates.expiresAt?.toISOString(),
    revoked_at: dates.revokedAt?.toISOString(),
    suspended_at: principal.suspendedAt?.toISOString(),
  };
}

function requestFirst({ code }: Refusal): Next | undefined {
  if (code !== 'approval_required' && code !== 'grant_ended') return undefined;
  return {
    tool: 'request-access',
    arguments: { resources: ['vsecure://api-keys'], operation: 'read' },
  };
}
