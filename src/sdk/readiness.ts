/** Reads the readiness of the server, which needs no key. */

import { type Readiness, readiness } from '../contract/readiness.js';
import type { CallSettings } from './call.js';
import { send, unexpectedAnswer } from './send.js';

/** Resolves even when the server is not ready. Throws VSecureError when the server is unreachable or its answer is invalid. */
export async function readReadiness(settings: CallSettings): Promise<Readiness> {
  const address = new URL(settings.url);
  address.pathname = `${settings.url.pathname.replace(/\/$/, '')}/readyz`;
  const { timeoutMs } = settings;
  const accepted = [503];
  const { status, json } = await send(settings, { method: 'GET', address, timeoutMs, accepted });
  const read = readiness.safeParse(json);
  if (read.success) return read.data;
  throw unexpectedAnswer(settings.url, status);
}
