/**
 * Our clients of Slack's Web API. Each has its own queue: a 429 on one call freezes every call of the same client, and a click
 * must not wait behind a burst of cards.
 */

import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../../ports/index.js';
import { boltLogger } from '../inbound/bolt-logger.js';

export interface WebClients {
  /** For a person who waits: views, ephemeral answers. */
  readonly interactive: WebClient;
  /** For `users.info`, within the 3 s that a submitted form has. */
  readonly directory: WebClient;
  /** For asking who has left, at leisure. */
  readonly deactivatedUsers: WebClient;
  /** For cards. The relay repeats; the client never does, since a post that timed out may have been made. */
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
  /** Another base than Slack's, ending in a slash. */
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

/** No retries, no waiting out of rate limits, no calls to other hosts: the defaults allow all three. */
export function clientOptions(log: Log, apiUrl: string | undefined): WebClientOptions {
  return {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    allowAbsoluteUrls: false,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: TIMEOUT.interactive,
    logger: boltLogger(log),
    // Also what answers on a response_url go through, which has no timeout of its own.
    fetch: (url, init) =>
      fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(TIMEOUT.interactive) }),
  };
}
