/** The input and output of the four tools that change a secret. No output has a field for a value. */

import { z } from 'zod';
import { INT_MAX, uri } from '../../contract/fields.js';
import { secretValue } from '../../contract/secret.js';
import { TOKEN_LENGTH_MAX, TOKEN_LENGTH_MIN } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import { ok } from '../../domain/result.js';
import type { SecretChange } from '../../domain/secret.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import type { Next, ToolName } from '../next-step.js';
import type { ToolContext } from '../tool.js';
import type { Answer } from '../tool-answer.js';
import { idempotencyShape } from './idempotency-schema.js';

export const targetShape = {
  resource: uri,
};

export const versionShape = {
  expected_version: z
    .int()
    .min(1)
    .max(INT_MAX)
    .optional()
    .describe('Refused unless this is the latest version.'),
};

export const valueShape = {
  value: secretValue.optional().describe('Only if you created it yourself.'),
  generate: z
    .strictObject({
      length: z.int().min(TOKEN_LENGTH_MIN).max(TOKEN_LENGTH_MAX).optional(),
    })
    .optional()
    .describe('{}: the server makes a random token.'),
};

export const changeOutput = z.object({
  resource: uri,
  version: z.int().describe('The new version.'),
  previous_version: z.int().optional(),
});

export function changeResult({ resource, version, previousVersion }: SecretChange) {
  return { resource, version, previous_version: previousVersion };
}

/** The input of a tool that replaces an existing value. */
export const replaceInput = z.strictObject({
  ...targetShape,
  ...valueShape,
  ...versionShape,
  ...idempotencyShape,
});

/** The `run` of a tool that replaces an existing value. Two tools differ only in the use case. */
export const replaceWith =
  (replace: ChangeSecret['update']) =>
  async (
    { expected_version, idempotency_key, ...input }: z.output<typeof replaceInput>,
    { caller }: Pick<ToolContext, 'caller'>,
  ): Promise<Answer<z.input<typeof changeOutput>>> => {
    const answer = await replace(caller, {
      ...input,
      expectedVersion: expected_version,
      idempotencyKey: idempotency_key,
    });
    if (answer.ok) return ok(changeResult(answer.value));
    return { ...answer, next: nextAfterRefusal(input, 'write', answer.refusal) };
  };

/** What to call instead: request-access if there is no grant, or the tool that fits whether the secret exists. */
export function nextAfterRefusal(
  { resource }: { readonly resource: string },
  operation: Operation,
  { code }: Refusal,
): Next | undefined {
  if (code === 'approval_required' || code === 'grant_ended')
    return { tool: 'request-access', arguments: { resources: [resource], operation } };
  const instead = operation === 'write' ? INSTEAD[code] : undefined;
  return instead && { tool: instead, arguments: { resource } };
}

const INSTEAD: Partial<Record<Refusal['code'], ToolName>> = {
  already_exists: 'update-secret',
  not_found: 'create-secret',
};
