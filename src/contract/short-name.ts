/** Short names for resources: people write `production/DATABASE_URL`, vsecure itself knows full URIs only. */

const SCHEME = 'vsecure://';

/** The full URI; what has a scheme is left as it is. */
export function fullUri(text: string, kind: 'secrets' | 'templates' = 'secrets'): string {
  return text.includes('://') ? text : `${SCHEME}${kind}/${text}`;
}
