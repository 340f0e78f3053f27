/** Short resource names: people write `production/DATABASE_URL`; vsecure itself uses only full URIs. */

const SCHEME = 'vsecure://';

/** Returns the full URI. Text that already has a scheme stays unchanged. */
export function fullUri(text: string, kind: 'secrets' | 'templates' = 'secrets'): string {
  return text.includes('://') ? text : `${SCHEME}${kind}/${text}`;
}
