/** `update-secret`: stores a new version of an existing secret. */

import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import type { ExplainNoGrant } from './no-grant.js';
import { changeOutput, replaceInput, replaceWith } from './secret-change-schema.js';

export const createUpdateSecretTool = (
  { update }: Pick<ChangeSecret, 'update'>,
  explainNoGrant: ExplainNoGrant,
) =>
  defineTool({
    name: 'update-secret',
    title: 'Update a secret',
    scope: 'grants:use',
    description: 'Stores a new version of a secret under a "write" grant, as create-secret does.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: replaceInput,
    output: changeOutput,
    run: replaceWith(update, explainNoGrant),
  });
