/** Errors of calls to Slack, as short codes that may be logged and stored. */

import {
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { SECOND } from '../../domain/limits.js';

export interface WebFailure {
  /** Slack's own code, or `rate_limited`, `http_503`, `not_reached`; after `no_answer` and `unknown` the call may have had its effect. */
  readonly code: string;
  /** Slack's Retry-After, in ms. */
  readonly retryAfterMs?: number;
  /** True when the same call will fail again until a person changes something. */
  readonly permanent: boolean;
}

/** Codes of Slack for errors that go away without a change. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const TRANSIENT = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** vsecure does not post to this channel, or not now, and did not call Slack. `code` is one of those that have a remedy. */
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
  if (error instanceof WebAPIPlatformError) {
    const code = codeFrom(error.data.error);
    return { code, permanent: !isTransient(code) };
  }
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

/** A page of a proxy or of Slack arrives here as the `error` of an answer; it must not be logged or stored. */
const codeFrom = (text: string): string => (/^[a-z0-9_]{1,60}$/.test(text) ? text : 'unknown');

/** There was no connection, so the call had no effect. */
function wasNotReached({ cause }: Error): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

/** Codes of vsecure for errors that go away without a change. */
const OWN_TRANSIENT = new Set([
  'no_answer',
  'not_reached',
  'not_connected',
  'stopping',
  'paced',
  'unknown',
]);

/** Goes away without a change. A text that is no code is the name of a JavaScript error. */
export const isTransient = (code: string): boolean =>
  TRANSIENT.has(code) || OWN_TRANSIENT.has(code) || !/^[a-z_]+$/.test(code);

/** Only this channel cannot be used. */
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

/** Only this account takes no messages; an operator has nothing to fix. */
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
    'this channel is shared with another company: set another channel, or stop sharing this one',
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
