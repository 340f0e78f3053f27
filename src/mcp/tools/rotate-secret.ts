/** `rotate-secret`: replaces an old or exposed value with a new one. */

import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { changeOutput, replaceInput, replaceWith, VALUE_NOTE } from './secret-change-schema.js';

export const createRotateSecretTool = ({ rotate }: Pick<ChangeSecret, 'rotate'>) =>
  defineTool({
    name: 'rotate-secret',
    title: 'Rotate a secret',
    description: `Replaces the value of an existing secret with a new one. It needs an active "write" grant: call request-access with operation "write" first. Use it for tokens and keys that vsecure generated. If another service issued the value, it must be replaced there too, or programs that use it will fail: inform your user.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: replaceInput,
    output: changeOutput,
    run: replaceWith(rotate),
  });
