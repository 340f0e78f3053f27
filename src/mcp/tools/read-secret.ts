/** `read-secret`: the only tool that returns a secret value. */

import { z } from 'zod';
import { grantId, timestamp, uri } from '../../contract/fields.js';
import type { Refusal } from '../../domain/refusal.js';
import { ok } from '../../domain/result.js';
import { encodeValue } from '../../usecases/secrets/encode-value.js';
import type { ReadSecret, SecretValue } from '../../usecases/secrets/read-secret.js';
import type { Next } from '../next-step.js';
import { defineTool } from '../tool.js';

/** The largest version that the database can hold. */
const VERSION_MAX = 2 ** 31 - 1;

const input = z.strictObject({
  resource: uri.describe(
    'One full resource URI, for example vsecure://secrets/production/DATABASE_URL.',
  ),
  version: z.int().min(1).max(VERSION_MAX).optional().describe('Default: the latest version.'),
});

const output = z.object({
  resource: uri,
  version: z.int(),
  value: z.string(),
  encoding: z.enum(['utf8', 'base64']).describe('"base64" if the value is not valid UTF-8 text.'),
  grant_id: grantId,
  expires_at: timestamp.describe('When the access ends.'),
});

export const createReadSecretTool = (readSecret: ReadSecret) =>
  defineTool({
    name: 'read-secret',
    title: 'Read a secret',
    description: `Reads the value of one secret or template. It needs an active grant, and every read is recorded. Without a grant the error is "approval_required": call request-access first.
A grant ends at expires_at, or earlier if a person revokes it, and may allow a limited number of reads: read the value only when you need it, and only once. Pass the value to the program that needs it. Never print it, repeat it in an answer or store it. Call release-grant when you are done.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input,
    output,
    async run(request, { caller }) {
      const answer = await readSecret(caller, request);
      return answer.ok
        ? ok(toOutput(answer.value))
        : { ...answer, next: requestFirst(request.resource, answer.refusal) };
    },
  });

function toOutput({ resource, version, value, grant, expiresAt }: SecretValue) {
  const shown = encodeValue(value);
  return { resource, version, ...shown, grant_id: grant, expires_at: expiresAt.toISOString() };
}

function requestFirst(resource: string, { code }: Refusal): Next | undefined {
  return code === 'approval_required' || code === 'grant_ended'
    ? { tool: 'request-access', arguments: { resources: [resource], operation: 'read' } }
    : undefined;
}
