/** Short names for resources: people write `production/DATABASE_URL`, the API knows full URIs only. */

import { UsageError } from './outcome.js';

const SCHEME = 'vsecure://';

/** The full URI; what has a scheme is left as it is. */
export function fullUri(text: string, kind: 'secrets' | 'templates' = 'secrets'): string {
  return text.includes('://') ? text : `${SCHEME}${kind}/${text}`;
}

/** The same for a template, which a full URI must already be. */
export function templateUri(text: string): string {
  const uri = fullUri(text, 'templates');
  if (uri.startsWith(`${SCHEME}templates/`)) return uri;
  throw new UsageError(
    `With --template the path is a short one, or begins with ${SCHEME}templates/`,
  );
}
