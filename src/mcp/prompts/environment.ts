/** The argument for the name of an environment: the first path segment of its secrets. */

import { z } from 'zod';
import { PAGE_MAX } from '../../domain/limits.js';
import { isSegment } from '../../domain/uri.js';
import type { ListSecrets } from '../../usecases/secrets/list-secrets.js';
import type { PromptArgument } from '../prompt.js';

const environmentName = z.string().refine(isSegment, {
  error: 'a name starts with a letter or digit and contains only letters, digits, ".", "_" and "-"',
});

/** Suggests the environments of the secrets that the caller may see. */
export const environmentArgument = (
  description: string,
  listSecrets: ListSecrets,
): PromptArgument => ({
  description,
  required: true,
  schema: environmentName,
  async suggest(caller, typed) {
    const after = `vsecure://secrets/${typed}`;
    const answer = await listSecrets(caller, { limit: PAGE_MAX, after });
    const paths = answer.ok ? answer.value.items.map(({ path }) => path) : [];
    const names = paths.filter((path) => path.startsWith(after)).map((path) => path.split('/')[3]);
    return [...new Set(names)].filter((name) => name !== undefined);
  },
});
