/** The default server address and timeout. */

import { VSecureError } from './errors.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Milliseconds. */
export const DEFAULT_TIMEOUT = 30_000;

/** Parses a server address. Default: this machine. Throws VSecureError `not_configured`, which says what to write instead. */
export function readUrl(text = DEFAULT_URL): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem = problemWith(url);
  if (url && problem === undefined) return url;
  throw new VSecureError('not_configured', `The address of vsecure ${problem}.`, {
    next: `Set VSECURE_URL to ${suggestion(text)}`,
  });
}

function problemWith(url: URL | undefined): string | undefined {
  if (!url || !/^https?:$/.test(url.protocol)) return 'must begin with http:// or https://';
  if (url.username || url.password || url.search || url.hash)
    return 'must not contain a user name, a password, a query or a fragment';
  if (MCP_PATH.test(url.pathname)) return 'must not end in /mcp, where only AI tools connect';
  return undefined;
}

const MCP_PATH = /\/mcp\/*$/;

/** What a host looks like. A key that was pasted by mistake does not, so it is not repeated. */
const HOST = /^(localhost|\[[\da-f:.]+\]|[a-z\d-]+(\.[a-z\d-]+)+)$/;
const THIS_MACHINE = /^(localhost|127\..*|\[::1\])$/;

/** The address that was probably meant, or an example. Without user, password, query and fragment. */
function suggestion(text: string): string {
  const rest = text.trim().replace(/^[a-z][a-z\d+.-]*:\/\//i, '');
  const meant = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
  if (!meant || !HOST.test(meant.hostname)) return 'an address such as https://vsecure.example.com';
  const scheme = /^(https?):/i.exec(text)?.[1]?.toLowerCase();
  const usual = THIS_MACHINE.test(meant.hostname) ? 'http' : 'https';
  const path = meant.pathname.replace(MCP_PATH, '').replace(/\/+$/, '');
  return `${scheme ?? usual}://${meant.host}${path}`;
}
