/** `list-secrets`: what there is, and what the caller could get of it. Never a value. */

import { z } from 'zod';
import { timestamp, uri } from '../../contract/fields.js';
import { PAGE_DEFAULT, PAGE_MAX, URI_MAX_BYTES } from '../../domain/limits.js';
import type { ListedSecret, ListSecrets } from '../../usecases/list-secrets.js';
import { defineTool } from '../tool.js';

const input = z.strictObject({
  limit: z.int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT).describe('Secrets on one page.'),
  cursor: z
    .string()
    .max(URI_MAX_BYTES)
    .regex(/^[\x21-\x7e]+$/, { error: 'not a cursor of this tool' })
    .optional()
    .describe('next_cursor of the page before.'),
});

const secret = z.object({
  resource: uri,
  version: z.int(),
  access: z
    .enum(['granted', 'requestable', 'none'])
    .describe(
      '"granted": readable now. "requestable": ask with request-access. "none": no policy lets it be read.',
    ),
  created_at: timestamp,
  updated_at: timestamp,
});

const output = z.object({
  secrets: z.array(secret),
  next_cursor: z.string().optional().describe('There is more: pass it as cursor.'),
});

export const createListSecretsTool = (listSecrets: ListSecrets) =>
  defineTool({
    name: 'list-secrets',
    title: 'List secrets',
    description: `Lists the names of secrets, never their values, and says for each what you could get. Use it to find the exact resource for request-access. It asks nobody and needs no approval. Follow next_cursor for more.`,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ limit, cursor }, { caller }) {
      const answer = await listSecrets(caller, { limit, after: cursor });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return { ok: true, value: { secrets: items.map(show), next_cursor: next } };
    },
  });

function show({ path, version, access, createdAt, updatedAt }: ListedSecret) {
  return {
    resource: path,
    version,
    access,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
