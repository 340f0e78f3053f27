/** `list-api-keys`: every key's owner and rights. Never a key itself. */

import { z } from 'zod';
import { keyClass, keyId, scope, timestamp } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import type { ListedKey } from '../../usecases/authorization/manage-keys.js';
import type { ReviewKeys } from '../../usecases/authorization/review-keys.js';
import { defineTool } from '../tool.js';
import type { ExplainNoGrant } from './no-grant.js';

const KEYS = { resource: 'vsecure://api-keys', operation: 'read' } as const;

/** Not empty, because some model APIs refuse a tool without arguments. */
const input = z.strictObject({
  active_only: z.boolean().default(false).describe('Leaves out revoked keys.'),
});

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

export const createListApiKeysTool = (reviewKeys: ReviewKeys, explainNoGrant: ExplainNoGrant) =>
  defineTool({
    name: 'list-api-keys',
    title: 'List API keys',
    scope: 'grants:use',
    description:
      'Lists API keys with owners and scopes under a "read" grant on vsecure://api-keys.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input,
    output: z.object({ keys: z.array(key) }),
    async run({ active_only }, { caller }) {
      const answer = await reviewKeys(caller);
      if (answer.ok) {
        const keys = answer.value.filter(({ key }) => !active_only || !key.revokedAt);
        return ok({ keys: keys.map(toOutput) });
      }
      return explainNoGrant(caller, KEYS, answer.refusal);
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
