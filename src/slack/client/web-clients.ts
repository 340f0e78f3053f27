/**
 * The clients of Slack's Web API. Each has its own queue: a 429 on one call blocks every call of the same client, and a click must not wait
 * behind a burst of cards.
 */

import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../../ports/index.js';
import { boltLogger } from '../inbound/bolt-logger.js';

export interface WebClients {
  /** For a person who is waiting: views, ephemeral answers. */
  readonly interactive: WebClient;
  /** For `users.info`, within the 3 s that a submitted form has. */
  readonly directory: WebClient;
  /** For finding deactivated accounts, which is not urgent. */
  readonly deactivatedUsers: WebClient;
  /** For cards. The worker repeats a delivery; the client never repeats a call, since a post that timed out may have been made. */
  readonly delivery: WebClient;
}

/** Milliseconds. A trigger_id lives for 3 s. */
const TIMEOUT = {
  interactive: 2500,
  directory: 1200,
  deactivatedUsers: 5000,
  delivery: 5000,
} as const;

export interface ClientSettings {
  readonly botToken: string;
  /** Default: Slack's own. Ends in a slash. */
  readonly apiUrl?: string | undefined;
}

export function createWebClients({ botToken, apiUrl }: ClientSettings, log: Log): WebClients {
  const client = (timeout: number) =>
    new WebClient(botToken, { ...clientOptions(log, apiUrl), timeout });
  return {
    interactive: client(TIMEOUT.interactive),
    directory: client(TIMEOUT.directory),
    deactivatedUsers: client(TIMEOUT.deactivatedUsers),
    delivery: client(TIMEOUT.delivery),
  };
}

/** No retries, no waiting for rate limits, no calls to other hosts: the library's defaults allow all three. */
export function clientOptions(log: Log, apiUrl: string | undefined): WebClientOptions {
  return {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    allowAbsoluteUrls: false,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: TIMEOUT.interactive,
    logger: boltLogger(log),
    // Answers on a response_url use this too, and have no timeout of their own.
    fetch: (url, init) =>
      fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(TIMEOUT.interactive) }),
  };
}
