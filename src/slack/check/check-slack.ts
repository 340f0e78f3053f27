/** Checks everything that vsecure needs in a Slack workspace, in the order of the setup. */

import { ZodError } from 'zod';
import { type AddressParts, checkAddress, checkSignatures } from './address-check.js';
import { checkChannel } from './channel-check.js';
import { checkEmail } from './email-check.js';
import { type Checked, type Finding, failed, skipped } from './finding.js';
import { createSlackCalls, refused, type SlackCalls } from './slack-calls.js';
import { checkSocket } from './socket-check.js';
import { neededScopes, optionalScopes, readTokenFacts, type TokenFacts } from './token-check.js';

/** A channel that cards are posted to. */
export interface UsedChannel {
  readonly id: string;
  /** `default`, or the patterns of policies. */
  readonly usedBy: readonly string[];
}

export interface SlackCheckOptions {
  readonly botToken: string;
  /** Socket Mode is used when it is set. */
  readonly appToken?: string | undefined;
  /** Undefined without a signing secret. */
  readonly address: AddressParts | undefined;
  /** Base URL of the Slack API, ending in a slash. Default: Slack's own. */
  readonly apiUrl?: string | undefined;
  readonly channels: readonly UsedChannel[];
  /** An address to look up; undefined when linking by address is off. */
  readonly email: string | undefined;
  /** Posts a test message to each channel. */
  readonly post: boolean;
}

/** Yields each finding as soon as it is known. Changes nothing, except with `post`. */
export async function* checkSlack(options: SlackCheckOptions): AsyncGenerator<Checked> {
  const calls = createSlackCalls(options.botToken, options.apiUrl);
  const token = await checkToken(calls);
  if ('result' in token) yield { check: 'bot token', ...token };
  else yield* tokenFindings(token);
  yield* transportFindings(options);
  if ('result' in token) return yield* skippedFindings(options.channels);
  for (const channel of options.channels)
    yield { check: nameOf(channel), ...(await checkChannel(calls, channel.id, options.post)) };
  yield { check: 'people by e-mail', ...(await checkEmail(calls, options.email)) };
  yield { check: 'clock', ...token.clock };
  yield { check: 'speed', ...token.speed };
}

async function checkToken(calls: SlackCalls): Promise<TokenFacts | Finding> {
  try {
    return await readTokenFacts(calls);
  } catch (error) {
    if (error instanceof ZodError)
      return failed(
        'the answer is not from Slack',
        'check SLACK_API_URL, and any proxy in between',
      );
    return refused(error);
  }
}

function* tokenFindings({ bot, scopes }: TokenFacts): Generator<Checked> {
  yield { check: 'bot token', ...bot };
  yield { check: 'scopes', ...neededScopes(scopes) };
  for (const [scope, finding] of optionalScopes(scopes))
    yield { check: `optional scope ${scope}`, ...finding };
}

async function* transportFindings({
  appToken,
  address,
  apiUrl,
}: SlackCheckOptions): AsyncGenerator<Checked> {
  if (appToken)
    yield { check: 'app token', ...(await checkSocket(createSlackCalls(appToken, apiUrl))) };
  else if (address) {
    const reached = await checkAddress(address);
    yield { check: 'event address', ...reached };
    if (reached.result === 'ok') yield { check: 'signatures', ...(await checkSignatures(address)) };
  }
}

function* skippedFindings(channels: readonly UsedChannel[]): Generator<Checked> {
  const unknown = skipped('not checked, because the bot token does not work');
  for (const channel of channels) yield { check: nameOf(channel), ...unknown };
  for (const check of ['scopes', 'people by e-mail', 'clock', 'speed']) yield { check, ...unknown };
}

const NAMED_MAX = 3;

function nameOf({ id, usedBy }: UsedChannel): string {
  const named = usedBy.slice(0, NAMED_MAX).join(', ');
  const more = usedBy.length - NAMED_MAX;
  return `channel ${id} (${more > 0 ? `${named} and ${more} more` : named})`;
}
