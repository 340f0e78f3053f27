/** Everything that must hold for vsecure to work in a Slack workspace, looked at once, in the order in which it is set up. */

import { ZodError } from 'zod';
import { type AddressParts, checkAddress } from './address-check.js';
import { checkChannel } from './channel-check.js';
import { checkEmail } from './email-check.js';
import { type Checked, type Finding, failed, skipped } from './finding.js';
import { createSlackCalls, refused, type SlackCalls } from './slack-calls.js';
import { checkSocket } from './socket-check.js';
import { askAboutToken, neededScopes, optionalScopes, type TokenFacts } from './token-check.js';

/** A channel that cards go to, and who sends them there. */
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
  /** Another API base than Slack's, ending in a slash. */
  readonly apiUrl?: string | undefined;
  readonly channels: readonly UsedChannel[];
  /** Somebody whose address may be looked up; undefined when linking by address is off. */
  readonly email: string | undefined;
  /** Post a test message to each channel? */
  readonly post: boolean;
}

/** Finds out one thing after another, and says each as soon as it is known. Changes nothing but by `post`. */
export async function* checkSlack(options: SlackCheckOptions): AsyncGenerator<Checked> {
  const calls = createSlackCalls(options.botToken, options.apiUrl);
  const token = await ask(calls);
  if ('result' in token) yield { check: 'bot token', ...token };
  else yield* aboutToken(token);
  yield* aboutTransport(options);
  if ('result' in token) return yield* notChecked(options.channels);
  for (const channel of options.channels)
    yield { check: nameOf(channel), ...(await checkChannel(calls, channel.id, options.post)) };
  yield { check: 'people by e-mail', ...(await checkEmail(calls, options.email)) };
  yield { check: 'clock', ...token.clock };
  yield { check: 'speed', ...token.speed };
}

async function ask(calls: SlackCalls): Promise<TokenFacts | Finding> {
  try {
    return await askAboutToken(calls);
  } catch (error) {
    if (error instanceof ZodError)
      return failed('what answers is not Slack', 'check SLACK_API_URL, and proxies on the way');
    return refused(error);
  }
}

function* aboutToken({ bot, scopes }: TokenFacts): Generator<Checked> {
  yield { check: 'bot token', ...bot };
  yield { check: 'scopes', ...neededScopes(scopes) };
  for (const [scope, finding] of optionalScopes(scopes))
    yield { check: `optional scope ${scope}`, ...finding };
}

async function* aboutTransport({
  appToken,
  address,
  apiUrl,
}: SlackCheckOptions): AsyncGenerator<Checked> {
  if (appToken)
    yield { check: 'app token', ...(await checkSocket(createSlackCalls(appToken, apiUrl))) };
  else if (address) yield { check: 'event address', ...(await checkAddress(address)) };
}

function* notChecked(channels: readonly UsedChannel[]): Generator<Checked> {
  const unknown = skipped('not checked, since the bot token does not work');
  for (const channel of channels) yield { check: nameOf(channel), ...unknown };
  for (const check of ['scopes', 'people by e-mail', 'clock', 'speed']) yield { check, ...unknown };
}

const NAMED_MAX = 3;

function nameOf({ id, usedBy }: UsedChannel): string {
  const named = usedBy.slice(0, NAMED_MAX).join(', ');
  const more = usedBy.length - NAMED_MAX;
  return `channel ${id} (${more > 0 ? `${named} and ${more} more` : named})`;
}
