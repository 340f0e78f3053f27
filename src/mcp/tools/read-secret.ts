/** `read-secret`: the only tool that returns a secret value. */

import { z } from 'zod';
import { grantId, timestamp, uri } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import { encodeValue } from '../../usecases/secrets/encode-value.js';
import type { ReadSecret, SecretValue } from '../../usecases/secrets/read-secret.js';
import { defineTool } from '../tool.js';
import type { ExplainNoGrant } from './no-grant.js';

/** The largest version that the database can hold. */
const VERSION_MAX = 2 ** 31 - 1;

const input = z.strictObject({
  resource: uri,
  version: z.int().min(1).max(VERSION_MAX).optional().describe('Default: the latest.'),
});

const output = z.object({
  resource: uri,
  version: z.int(),
  value: z.string(),
  encoding: z.enum(['utf8', 'base64']).describe('"base64" if the value is not valid UTF-8 text.'),
  grant_id: grantId,
  expires_at: timestamp.describe('When the access ends.'),
});

export const createReadSecretTool = (readSecret: ReadSecret, explainNoGrant: ExplainNoGrant) =>
  defineTool({
    name: 'read-secret',
    title: 'Read a secret',
    scope: 'grants:use',
    description:
      'Reads a value under an active "read" grant. Pass it to the program that needs it; never print or store it.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input,
    output,
    async run(request, { caller }) {
      const answer = await readSecret(caller, request);
      return answer.ok
        ? ok(toOutput(answer.value))
        : explainNoGrant(caller, { resource: request.resource, operation: 'read' }, answer.refusal);
    },
  });

function toOutput({ resource, version, value, grant, expiresAt }: SecretValue) {
  const shown = encodeValue(value);
  return { resource, version, ...shown, grant_id: grant, expires_at: expiresAt.toISOString() };
}
