/** Logs in from a terminal: requests a code, waits until the person confirms it in Slack, fetches the key. Only these calls need no key. */

import { loginRoutes, type WireConfirmedLogin, type WireLogin } from '../contract/login.js';
import { DEFAULT_TIMEOUT, readUrl } from './address.js';
import { createCall } from './call.js';
import { VSecureError } from './errors.js';
import { pause } from './pause.js';
import { isTransient, readRetry } from './retry.js';

/** Milliseconds between two polls. RFC 8628, section 3.5, uses 5 s; 2 s is fine for your own server. */
const POLL_EVERY = 2_000;
/** Milliseconds. A code is valid for ten minutes by the server's clock; one more minute covers clock differences. */
const LOGIN_TIMEOUT = 11 * 60_000;

export interface ConfirmedLogin extends WireConfirmedLogin {
  /** Address of the server. */
  readonly url: string;
}

/**
 * Passes the code to `onCode`, then waits until the person confirms it, even if the server restarts. Rejects with
 * VSecureError `timeout` when no one confirms in time, and with the signal's reason when the signal aborts.
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
    const answer = call(loginRoutes.take, { body: { id, secret }, signal, retry: false });
    const taken = await answer.catch(ignoreTransientErrors);
    if (taken?.status === 'done') return { ...taken, url: server.href };
  }
  throw codeExpired();
}

/** Continues polling while the server restarts. */
function ignoreTransientErrors(error: unknown): undefined {
  if (isTransient(error)) return undefined;
  throw error instanceof VSecureError && error.code === 'invalid_code' ? codeExpired() : error;
}

const codeExpired = () =>
  new VSecureError('timeout', 'The code was not confirmed in time, so the login failed.', {
    next: 'To get a new code, run: vsecure login',
  });
