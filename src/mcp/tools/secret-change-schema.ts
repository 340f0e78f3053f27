/** The input and output of the four tools that change a secret. No output has a field for a value. */

import { z } from 'zod';
import { INT_MAX, uri } from '../../contract/fields.js';
import { secretValue } from '../../contract/secret.js';
import { TOKEN_LENGTH_MAX, TOKEN_LENGTH_MIN } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import { ok } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretChange } from '../../domain/secret.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import type { ToolName } from '../next-step.js';
import type { ToolContext } from '../tool.js';
import type { Answer } from '../tool-answer.js';
import { idempotencyShape } from './idempotency-schema.js';
import type { ExplainNoGrant, Refused } from './no-grant.js';

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
  (replace: ChangeSecret['update'], explainNoGrant: ExplainNoGrant) =>
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
    return writeRefused(explainNoGrant, caller, input.resource, answer.refusal);
  };

/** What to call instead: the tool that fits whether the secret exists, or what a missing grant needs. */
export async function writeRefused(
  explainNoGrant: ExplainNoGrant,
  caller: Caller,
  resource: string,
  refusal: Refusal,
): Promise<Refused> {
  const instead = INSTEAD[refusal.code];
  return instead
    ? { ok: false, refusal, next: { tool: instead, arguments: { resource } } }
    : explainNoGrant(caller, { resource, operation: 'write' }, refusal);
}

const INSTEAD: Partial<Record<Refusal['code'], ToolName>> = {
  already_exists: 'update-secret',
  not_found: 'create-secret',
};
