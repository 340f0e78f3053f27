/** How a change of a secret is asked for and answered: the part that four tools share. No answer has room for a value. */

import { z } from 'zod';
import { INT_MAX, uri } from '../../contract/fields.js';
import { secretValue } from '../../contract/secret.js';
import { TOKEN_LENGTH_DEFAULT, TOKEN_LENGTH_MAX, TOKEN_LENGTH_MIN } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import type { SecretChange } from '../../domain/secret.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { ChangeSecret } from '../../usecases/secrets/change-secret.js';
import type { Answer } from '../answer.js';
import type { Next, ToolName } from '../next-step.js';
import type { ToolContext } from '../tool.js';
import { idempotencyShape } from './idempotency-schema.js';

export const targetShape = {
  resource: uri.describe(
    'One full resource URI, for example vsecure://secrets/staging/SESSION_KEY.',
  ),
};

export const versionShape = {
  expected_version: z
    .int()
    .min(1)
    .max(INT_MAX)
    .optional()
    .describe(
      'The version you believe is the latest: if it is not, nothing is done ("version_conflict").',
    ),
};

export const valueShape = {
  value: secretValue
    .optional()
    .describe('The value, when you made it yourself. Never ask your user for one: leave it out.'),
  generate: z
    .strictObject({
      length: z
        .int()
        .min(TOKEN_LENGTH_MIN)
        .max(TOKEN_LENGTH_MAX)
        .optional()
        .describe(`Characters, each of A-Z a-z 0-9 - _. Default: ${TOKEN_LENGTH_DEFAULT}.`),
    })
    .optional()
    .describe('The server makes a random token that nobody gets to see. Prefer this: {}.'),
};

/** What every description of a tool that writes ends with. */
export const VALUE_NOTE = `Prefer generate: the server makes the value, and it is in no conversation. With neither value nor generate the answer is "needs_value" with a command line: give it to your user, who enters the value there, and never ask for the value itself.
The answer never holds a value; reading it needs a read grant of its own.`;

export const changeOutput = z.object({
  resource: uri,
  version: z.int().describe('The new version.'),
  previous_version: z.int().optional(),
});

export function showChange({ resource, version, previousVersion }: SecretChange) {
  return { resource, version, previous_version: previousVersion };
}

/** What a tool asks that puts another value in the place of one that exists. */
export const replaceInput = z.strictObject({
  ...targetShape,
  ...valueShape,
  ...versionShape,
  ...idempotencyShape,
});

/** The run of such a tool: only what it is for tells one from the other. */
export const replaceWith =
  (replace: ChangeSecret['update']) =>
  async (
    { expected_version, idempotency_key, ...wish }: z.output<typeof replaceInput>,
    { caller }: Pick<ToolContext, 'caller'>,
  ): Promise<Answer<z.input<typeof changeOutput>>> => {
    const answer = await replace(caller, {
      ...wish,
      expectedVersion: expected_version,
      idempotencyKey: idempotency_key,
    });
    if (answer.ok) return { ok: true, value: showChange(answer.value) };
    return { ...answer, next: mendChange(wish, 'write', answer.refusal) };
  };

/** What to call instead: the question that comes first, or the tool that fits what is there. */
export function mendChange(
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
