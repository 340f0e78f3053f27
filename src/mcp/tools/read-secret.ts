/** `read-secret`: the only tool whose answer holds a value. */

import { z } from 'zod';
import { grantId, timestamp, uri } from '../../contract/fields.js';
import type { Refusal } from '../../domain/refusal.js';
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
  version: z.int().min(1).max(VERSION_MAX).optional().describe('Default: the latest.'),
});

const output = z.object({
  resource: uri,
  version: z.int(),
  value: z.string(),
  encoding: z
    .enum(['utf8', 'base64'])
    .describe('"base64" when the bytes of the value are not valid UTF-8 text.'),
  grant_id: grantId,
  expires_at: timestamp.describe('When the access ends.'),
});

export const createReadSecretTool = (readSecret: ReadSecret) =>
  defineTool({
    name: 'read-secret',
    title: 'Read a secret',
    description: `Reads the value of one secret or template under a live grant; every read is recorded. Without a grant it is refused with "approval_required": ask with request-access first.
A grant ends at expires_at, earlier if somebody revokes it, and may allow only so many reads: read when you need the value, and once. Pass the value on to the program that needs it; never print it, repeat it in an answer or store it. Call release-grant when you are done.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
    input,
    output,
    async run(question, { caller }) {
      const answer = await readSecret(caller, question);
      return answer.ok
        ? { ok: true, value: show(answer.value) }
        : { ...answer, next: askFirst(question.resource, answer.refusal) };
    },
  });

function show({ resource, version, value, grant, expiresAt }: SecretValue) {
  const shown = encodeValue(value);
  return { resource, version, ...shown, grant_id: grant, expires_at: expiresAt.toISOString() };
}

function askFirst(resource: string, { code }: Refusal): Next | undefined {
  return code === 'approval_required' || code === 'grant_ended'
    ? { tool: 'request-access', arguments: { resources: [resource], operation: 'read' } }
    : undefined;
}
