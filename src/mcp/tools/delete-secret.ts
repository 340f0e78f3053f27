/** `delete-secret`: permanently deletes a secret and all its versions. */

import { z } from 'zod';
import { uri } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';
import type { ExplainNoGrant } from './no-grant.js';
import { targetShape, versionShape } from './secret-change-schema.js';

export const createDeleteSecretTool = (
  changeSecret: Pick<ChangeSecret, 'delete'>,
  explainNoGrant: ExplainNoGrant,
) =>
  defineTool({
    name: 'delete-secret',
    title: 'Delete a secret',
    scope: 'grants:use',
    description:
      'Permanently deletes a secret and all its versions under a "delete" grant, only if your user wants that.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: z.strictObject({ ...targetShape, ...versionShape, ...idempotencyShape }),
    output: z.object({
      resource: uri,
      version: z.int().describe('The last version of the deleted secret.'),
    }),
    async run({ resource, expected_version, idempotency_key }, { caller }) {
      const answer = await changeSecret.delete(caller, {
        resource,
        expectedVersion: expected_version,
        idempotencyKey: idempotency_key,
      });
      if (answer.ok) return ok({ resource, version: answer.value.version });
      return explainNoGrant(caller, { resource, operation: 'delete' }, answer.refusal);
    },
  });
