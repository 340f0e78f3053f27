/** What the server says of itself, to anybody. */

import { type Readiness, readiness } from '../contract/readiness.js';
import type { CallSettings } from './call.js';
import { send, unexpectedAnswer } from './send.js';

/** Also when it is not ready. Throws VSecureError when it cannot be reached or says something else. */
export async function readReadiness(calling: CallSettings): Promise<Readiness> {
  const address = new URL(calling.url);
  address.pathname = `${calling.url.pathname.replace(/\/$/, '')}/readyz`;
  const { timeoutMs } = calling;
  const accepted = [503];
  const { status, json } = await send(calling, { method: 'GET', address, timeoutMs, accepted });
  const read = readiness.safeParse(json);
  if (read.success) return read.data;
  throw unexpectedAnswer(status);
}
