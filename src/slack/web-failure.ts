/** What went wrong with a call to Slack, as a short code that may be logged and stored. */

import {
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
} from '@slack/web-api';
import { SECOND } from '../domain/limits.js';

export interface WebFailure {
  /** Slack's own code, or `rate_limited`, `http_503`, `no_answer`. */
  readonly code: string;
  /** What Slack said to wait, in ms. */
  readonly retryAfterMs?: number;
  /** True when the same call will fail again until a person changes something. */
  readonly permanent: boolean;
}

/** Slack's trouble, not ours. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Undefined when the error is not from a call to Slack. */
export function webFailure(error: unknown): WebFailure | undefined {
  if (error instanceof WebAPIRateLimitedError)
    return {
      code: 'rate_limited',
      retryAfterMs: error.retryAfter * SECOND,
      permanent: false,
    };
  if (error instanceof WebAPIPlatformError)
    return { code: error.data.error, permanent: !PASSING.has(error.data.error) };
  if (error instanceof WebAPIHTTPError)
    return { code: `http_${error.statusCode}`, permanent: false };
  if (error instanceof SlackError) return { code: 'no_answer', permanent: false };
  // A 429 without a usable Retry-After is thrown as a plain Error.
  if (error instanceof Error && error.message.startsWith('Retry header'))
    return { code: 'rate_limited', permanent: false };
  return undefined;
}

/** What an operator can do about a permanent failure. */
export function remedy(code: string): string {
  return REMEDIES[code] ?? 'look the code up at https://docs.slack.dev/reference/methods';
}

const INVITE = 'check the channel id, and invite the bot there: /invite @vsecure';
const TOKEN = 'reinstall the app and set its new SLACK_BOT_TOKEN';
const REMEDIES: Readonly<Record<string, string>> = {
  no_channel: 'set SLACK_CHANNEL, or `channel` in the policy',
  channel_not_found: INVITE,
  not_in_channel: INVITE,
  is_archived: 'unarchive the channel, or set another one',
  no_such_subteam: 'check the id of the user group (S…) in the policy',
  missing_scope: 'reinstall the app with the scopes of manifest.yml',
  invalid_auth: TOKEN,
  not_authed: TOKEN,
  account_inactive: TOKEN,
  token_revoked: TOKEN,
  token_expired: TOKEN,
};
