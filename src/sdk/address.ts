/** The default server address and timeout. */

import { VSecureError } from './errors.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Milliseconds. */
export const DEFAULT_TIMEOUT = 30_000;

/** Parses a server address. Default: this machine. Throws VSecureError `not_configured` for an invalid address. */
export function readUrl(text = DEFAULT_URL): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  if (url && plain && !url.search && !url.hash) return url;
  throw new VSecureError('not_configured', 'The address of vsecure is invalid.', {
    next: 'Set VSECURE_URL to an address such as https://vsecure.example.com, without a user, query or fragment.',
  });
}
