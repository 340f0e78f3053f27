/** `delete-secret`: a secret and all its versions, for good. */

import { z } from 'zod';
import { uri } from '../../contract/fields.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';
import { mendChange, targetShape, versionShape } from './secret-change-schema.js';

export const createDeleteSecretTool = (changeSecret: ChangeSecret) =>
  defineTool({
    name: 'delete-secret',
    title: 'Delete a secret',
    description: `Deletes a secret or template with all its versions, under a live "delete" grant; ask with request-access, operation "delete", first. It cannot be undone: do it only when your user wants exactly this one gone. Give expected_version when you can, so that nothing is deleted that changed meanwhile.`,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: z.strictObject({ ...targetShape, ...versionShape, ...idempotencyShape }),
    output: z.object({
      resource: uri,
      version: z.int().describe('The last version that there was.'),
    }),
    async run({ resource, expected_version, idempotency_key }, { caller }) {
      const answer = await changeSecret.delete(caller, {
        resource,
        expectedVersion: expected_version,
        idempotencyKey: idempotency_key,
      });
      if (answer.ok) return { ok: true, value: { resource, version: answer.value.version } };
      return { ...answer, next: mendChange({ resource }, 'delete', answer.refusal) };
    },
  });
