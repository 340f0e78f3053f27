/** `rotate-secret`: replaces an old or exposed value with a new one. */

import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import { defineTool } from '../tool.js';
import type { ExplainNoGrant } from './no-grant.js';
import { changeOutput, replaceInput, replaceWith } from './secret-change-schema.js';

export const createRotateSecretTool = (
  { rotate }: Pick<ChangeSecret, 'rotate'>,
  explainNoGrant: ExplainNoGrant,
) =>
  defineTool({
    name: 'rotate-secret',
    title: 'Rotate a secret',
    scope: 'grants:use',
    description:
      'Replaces an old or exposed value under a "write" grant. If another service issued it, it must be replaced there too.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
    input: replaceInput,
    output: changeOutput,
    run: replaceWith(rotate, explainNoGrant),
  });
