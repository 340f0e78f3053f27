/** `list-secrets`: the secrets, and the access that the caller could get. Never a value. */

import { z } from 'zod';
import { timestamp, uri } from '../../contract/fields.js';
import { ok } from '../../domain/result.js';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import { secretSummary } from '../secret-summary.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject(pageShape);

const secret = z.object({
  resource: uri,
  version: z.int(),
  access: z
    .enum(['granted', 'requestable', 'none'])
    .describe(
      '"granted": you can read it now. "requestable": call request-access. "none": no policy allows you to read it.',
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
    description: `Lists the names of secrets and the access you could get to each, never the values. Use it to find the exact resource for request-access. It contacts no person and needs no approval. For the next page, pass next_cursor as cursor.`,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ limit, cursor }, { caller }) {
      const answer = await listSecrets(caller, { limit, after: cursor });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return ok({ secrets: items.map(secretSummary), next_cursor: next });
    },
  });
