/** `update-secret`: a new value for a secret that exists. */

import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import { changeOutput, replaceInput, replaceWith, VALUE_NOTE } from './secret-change-schema.js';

export const createUpdateSecretTool = ({ update }: ChangeSecret) =>
  defineTool({
    name: 'update-secret',
    title: 'Update a secret',
    description: `Stores a new version of a secret or template that exists, under a live "write" grant; ask with request-access, operation "write", first. Programs that read the latest version get the new value from then on.
${VALUE_NOTE}`,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: replaceInput,
    output: changeOutput,
    run: replaceWith(update),
  });
