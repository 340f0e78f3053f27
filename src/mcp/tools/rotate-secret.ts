/** `rotate-secret`: a fresh value in the place of one that is spent or exposed. */

import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { changeOutput, replaceInput, replaceWith, VALUE_NOTE } from './secret-change-schema.js';

export const createRotateSecretTool = ({ rotate }: ChangeSecret) =>
  defineTool({
    name: 'rotate-secret',
    title: 'Rotate a secret',
    description: `Replaces the value of a secret that exists by a fresh one, under a live "write" grant; ask with request-access, operation "write", first. Use it for tokens and keys that vsecure itself is the source of. A value that another service gave out must be replaced there too, or nothing that uses it works any more: tell your user.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: replaceInput,
    output: changeOutput,
    run: replaceWith(rotate),
  });
