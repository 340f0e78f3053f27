/** `list-secrets`: what there is, and what the caller could get of it. Never a value. */

import { z } from 'zod';
import { timestamp, uri } from '../../contract/fields.js';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import { showSecret } from '../secret-summary.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject(pageShape);

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
  next_cursor: nextCursor,
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
      return { ok: true, value: { secrets: items.map(showSecret), next_cursor: next } };
    },
  });
