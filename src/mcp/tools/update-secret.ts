/** `update-secret`: a new value for a secret that exists. */

import { z } from 'zod';
import type { ChangeSecret } from '../../usecases/change-secret.js';
import { defineTool } from '../tool.js';
import {
  changeOutput,
  mendChange,
  repeatShape,
  showChange,
  targetShape,
  VALUE_NOTE,
  valueShape,
  versionShape,
} from './change-shape.js';

export const createUpdateSecretTool = ({ update }: ChangeSecret) =>
  defineTool({
    name: 'update-secret',
    title: 'Update a secret',
    description: `Stores a new version of a secret or template that exists, under a live "write" grant; ask with request-access, operation "write", first. Programs that read the latest version get the new value from then on.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: z.strictObject({ ...targetShape, ...valueShape, ...versionShape, ...repeatShape }),
    output: changeOutput,
    async run({ expected_version, idempotency_key, ...wish }, { caller }) {
      const answer = await update(caller, {
        ...wish,
        expectedVersion: expected_version,
        idempotencyKey: idempotency_key,
      });
      if (answer.ok) return { ok: true, value: showChange(answer.value) };
      return { ...answer, next: mendChange(wish, 'write', answer.refusal) };
    },
  });
