/** What the server says of itself, to anybody. */

import { type Readiness, readiness } from '../contract/readiness.js';
import { type Connection, notOurs, send } from './call.js';

/** Also when it is not ready. Throws VSecureError when it cannot be reached or says something else. */
export async function readReadiness(connection: Connection): Promise<Readiness> {
  const address = new URL(connection.url);
  address.pathname = `${connection.url.pathname.replace(/\/$/, '')}/readyz`;
  const response = await send(connection, 'GET', address);
  const read = readiness.safeParse(await response.json().catch(() => null));
  if (read.success) return read.data;
  throw notOurs(response.status);
}
