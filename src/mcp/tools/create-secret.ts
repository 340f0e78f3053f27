/** `create-secret`: a new secret at a path that is free. */

import { z } from 'zod';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';
import {
  changeOutput,
  mendChange,
  showChange,
  targetShape,
  VALUE_NOTE,
  valueShape,
} from './secret-change-schema.js';

export const createCreateSecretTool = ({ create }: ChangeSecret) =>
  defineTool({
    name: 'create-secret',
    title: 'Create a secret',
    description: `Stores a new secret or template under a live "write" grant; ask with request-access, operation "write", first. A path that exists is refused with "already_exists" and left as it is.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input: z.strictObject({ ...targetShape, ...valueShape, ...idempotencyShape }),
    output: changeOutput,
    async run({ idempotency_key, ...wish }, { caller }) {
      const answer = await create(caller, { ...wish, idempotencyKey: idempotency_key });
      if (answer.ok) return { ok: true, value: showChange(answer.value) };
      return { ...answer, next: mendChange(wish, 'write', answer.refusal) };
    },
  });
