/** What went wrong with a call to Slack, as a short code that may be logged and stored. */

import {
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { SECOND } from '../../domain/limits.js';

export interface WebFailure {
  /** Slack's own code, or `rate_limited`, `http_503`, `not_reached`; after `no_answer` it may have been done. */
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

/** We do not speak in this channel, or not now, and did not ask Slack. `code` is one of those that have a remedy. */
export class UnusableChannelError extends Error {
  override readonly name = 'UnusableChannelError';
  readonly code: string;

  constructor(code: string) {
    super(`this channel cannot be used: ${code}`);
    this.code = code;
  }
}

/** Undefined when the error is not from a call to Slack. */
export function webFailure(error: unknown): WebFailure | undefined {
  if (error instanceof UnusableChannelError) return { code: error.code, permanent: true };
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
  if (error instanceof WebAPIRequestError && wasNotReached(error.original))
    return { code: 'not_reached', permanent: false };
  if (error instanceof SlackError) return { code: 'no_answer', permanent: false };
  // A 429 without a usable Retry-After is thrown as a plain Error.
  if (error instanceof Error && error.message.startsWith('Retry header'))
    return { code: 'rate_limited', permanent: false };
  return undefined;
}

/** There was no connection, so nothing can have been done. */
function wasNotReached({ cause }: Error): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

/** Ours, beside Slack's. */
const OURS = new Set(['no_answer', 'not_reached', 'not_connected', 'stopping', 'paced']);

/** It goes by itself. What is not even a code is the name of an error of ours. */
export const isTransient = (code: string): boolean =>
  PASSING.has(code) || OURS.has(code) || !/^[a-z_]+$/.test(code);

/** It is the channel that cannot be used; Slack itself can. */
export const isChannelTrouble = (code: string): boolean => CHANNEL_TROUBLE.has(code);

const CHANNEL_TROUBLE = new Set([
  'no_channel',
  'shared_channel',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
]);

/** It is this one account that takes no messages: nothing that an operator must mend. */
export const isUndeliverable = (code: string): boolean => UNDELIVERABLE.has(code);

const UNDELIVERABLE = new Set([
  'user_not_found',
  'users_not_found',
  'user_disabled',
  'user_not_visible',
  'cannot_dm_bot',
  'messages_tab_disabled',
]);

/** What an operator can do about a permanent failure. */
export function remedy(code: string): string {
  return REMEDIES[code] ?? 'look the code up at https://docs.slack.dev/reference/methods';
}

const INVITE = 'check the channel id, and invite the bot there: /invite @vsecure';
const TOKEN = 'reinstall the app and set its new SLACK_BOT_TOKEN';
const REMEDIES: Readonly<Record<string, string>> = {
  shared_channel:
    'another company is in this channel: set a channel of your own, or end the sharing of this one',
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
