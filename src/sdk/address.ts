/** Where vsecure is, and how long to wait for it, unless somebody says otherwise. */

import { VSecureError } from './errors.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Milliseconds. */
export const DEFAULT_TIMEOUT = 30_000;

/** Default: this machine. Throws VSecureError `not_configured` for an odd address. */
export function readUrl(text = DEFAULT_URL): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  if (url && plain && !url.search && !url.hash) return url;
  throw new VSecureError('not_configured', 'The address of vsecure is not usable.', {
    next: 'Set VSECURE_URL to something like https://vsecure.example.com, without a user or query.',
  });
}
