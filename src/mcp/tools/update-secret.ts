/** `update-secret`: stores a new version of an existing secret. */

import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { changeOutput, replaceInput, replaceWith, VALUE_NOTE } from './secret-change-schema.js';

export const createUpdateSecretTool = ({ update }: Pick<ChangeSecret, 'update'>) =>
  defineTool({
    name: 'update-secret',
    title: 'Update a secret',
    description: `Stores a new version of an existing secret or template. It needs an active "write" grant: call request-access with operation "write" first. From then on, programs that read the latest version get the new value.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: replaceInput,
    output: changeOutput,
    run: replaceWith(update),
  });
