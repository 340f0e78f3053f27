/** `list-secrets`: the secrets, and the access that the caller could get. Never a value. */

import { z } from 'zod';
import { uri } from '../../contract/fields.js';
import { parsePattern } from '../../domain/pattern.js';
import { ok } from '../../domain/result.js';
import type { ListedSecret, ListSecrets } from '../../usecases/secrets/list-secrets.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject({
  pattern: uri.optional().describe('Such as vsecure://secrets/production/**.'),
  ...pageShape,
});

const group = z.object({
  folder: z
    .string()
    .describe('The beginning of these resources, such as vsecure://secrets/staging/.'),
  access: z
    .enum(['granted', 'requestable', 'none'])
    .describe(
      '"granted": you can read it now. "requestable": call request-access. "none": no policy allows you to read it.',
    ),
  names: z.array(z.string()).describe('The rest of each resource.'),
});

const output = z.object({ secrets: z.array(group), next_cursor: nextCursor });

export const createListSecretsTool = (listSecrets: ListSecrets) =>
  defineTool({
    name: 'list-secrets',
    title: 'List secrets',
    scope: 'secrets:list',
    description:
      'Lists secrets and your access to them, never values. A resource is folder + name.',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ pattern, limit, cursor }, { caller }) {
      const parsed = pattern === undefined ? undefined : parsePattern(pattern);
      if (parsed && !parsed.ok) return parsed;
      const answer = await listSecrets(caller, { limit, after: cursor, pattern });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return ok({ secrets: groupsOf(items), next_cursor: next });
    },
  });

/** Names each folder once for each kind of access: a list of a thousand secrets must not fill the context of a model. */
function groupsOf(secrets: readonly ListedSecret[]): z.input<typeof group>[] {
  const groups = new Map<string, z.input<typeof group>>();
  for (const { path, access } of secrets) {
    const end = path.lastIndexOf('/') + 1;
    const folder = path.slice(0, end);
    const key = `${access} ${folder}`;
    const group = groups.get(key) ?? { folder, access, names: [] };
    group.names.push(path.slice(end));
    groups.set(key, group);
  }
  return [...groups.values()];
}
