/** `create-secret`: stores a new secret at an unused path. */

import { z } from 'zod';
import { ok } from '../../domain/result.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';
import type { ExplainNoGrant } from './no-grant.js';
import {
  changeOutput,
  changeResult,
  targetShape,
  valueShape,
  writeRefused,
} from './secret-change-schema.js';

export const createCreateSecretTool = (
  { create }: Pick<ChangeSecret, 'create'>,
  explainNoGrant: ExplainNoGrant,
) =>
  defineTool({
    name: 'create-secret',
    title: 'Create a secret',
    scope: 'grants:use',
    description:
      'Stores a new secret under a "write" grant, and never returns it. Prefer generate. Never ask for a value.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input: z.strictObject({ ...targetShape, ...valueShape, ...idempotencyShape }),
    output: changeOutput,
    async run({ idempotency_key, ...input }, { caller }) {
      const answer = await create(caller, { ...input, idempotencyKey: idempotency_key });
      if (answer.ok) return ok(changeResult(answer.value));
      return writeRefused(explainNoGrant, caller, input.resource, answer.refusal);
    },
  });
