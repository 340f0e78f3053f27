/** A login from a terminal: ask, let the person confirm the code in Slack, take the key. The only calls that need no key. */

import { loginRoutes, type WireConfirmedLogin, type WireLogin } from '../contract/login.js';
import { DEFAULT_TIMEOUT, readUrl } from './address.js';
import { createCall } from './call.js';
import { VSecureError } from './errors.js';
import { pause } from './pause.js';
import { isTransient, readRetry } from './retry.js';

/** Milliseconds between two questions (RFC 8628, section 3.5, has 5 s; one's own server takes 2). */
const POLL_EVERY = 2_000;
/** Milliseconds. A code holds for ten minutes by the server's clock, which is not ours. */
const LOGIN_TIMEOUT = 11 * 60_000;

export interface ConfirmedLogin extends WireConfirmedLogin {
  /** Of the server. */
  readonly url: string;
}

/**
 * Shows the code by `onCode`, then waits through restarts of the server until it is confirmed. Rejects with VSecureError: `timeout`
 * when nobody confirmed it in time; and with the reason of the signal.
 */
export async function login(
  url: string | undefined,
  device: string,
  { onCode, signal }: { onCode: (login: WireLogin) => void; signal?: AbortSignal },
): Promise<ConfirmedLogin> {
  const server = readUrl(url);
  const retry = readRetry(undefined);
  const call = createCall({ url: server, timeoutMs: DEFAULT_TIMEOUT, retry, fetch });
  const begun = await call(loginRoutes.begin, { body: { device }, signal });
  onCode(begun);
  const { id, secret } = begun;
  const until = performance.now() + LOGIN_TIMEOUT;
  while (performance.now() < until) {
    await pause(POLL_EVERY, signal);
    const asked = call(loginRoutes.take, { body: { id, secret }, signal, retry: false });
    const taken = await asked.catch(ignoreTransientErrors);
    if (taken?.status === 'done') return { ...taken, url: server.href };
  }
  throw codeExpired();
}

/** A server that is restarting is asked again. */
function ignoreTransientErrors(error: unknown): undefined {
  if (isTransient(error)) return undefined;
  throw error instanceof VSecureError && error.code === 'invalid_code' ? codeExpired() : error;
}

const codeExpired = () =>
  new VSecureError('timeout', 'The code was not confirmed in time, so nobody is logged in.', {
    next: 'Run it again for a new code: vsecure login',
  });
