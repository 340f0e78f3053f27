/** `create-secret`: stores a new secret at an unused path. */

import { z } from 'zod';
import { ok } from '../../domain/result.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';
import {
  changeOutput,
  changeResult,
  nextAfterRefusal,
  targetShape,
  VALUE_NOTE,
  valueShape,
} from './secret-change-schema.js';

export const createCreateSecretTool = ({ create }: Pick<ChangeSecret, 'create'>) =>
  defineTool({
    name: 'create-secret',
    title: 'Create a secret',
    description: `Stores a new secret or template. It needs an active "write" grant: call request-access with operation "write" first. If the path already exists, the error is "already_exists" and nothing changes.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input: z.strictObject({ ...targetShape, ...valueShape, ...idempotencyShape }),
    output: changeOutput,
    async run({ idempotency_key, ...input }, { caller }) {
      const answer = await create(caller, { ...input, idempotencyKey: idempotency_key });
      if (answer.ok) return ok(changeResult(answer.value));
      return { ...answer, next: nextAfterRefusal(input, 'write', answer.refusal) };
    },
  });
