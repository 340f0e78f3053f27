/** Checks from `auth.test`: the bot token's workspace and scopes, how fast Slack answers, and the clock of this machine. */

import { z } from 'zod';
import { MINUTE, SECOND } from '../../domain/limits.js';
import { type Finding, failed, passed, skipped, warning } from './finding.js';
import { NEEDED_SCOPES, OPTIONAL_SCOPES, WITHOUT } from './scopes.js';
import type { SlackCalls } from './slack-calls.js';

/** https://docs.slack.dev/reference/methods/auth.test; the client adds the header `x-oauth-scopes`. */
const answer = z.object({
  team: z.string(),
  team_id: z.string(),
  user: z.string().nullish(),
  bot_id: z.string().nullish(),
  response_metadata: z.object({ scopes: z.array(z.string()).nullish() }).nullish(),
});

export interface TokenFacts {
  readonly bot: Finding;
  /** Undefined when Slack does not list them. */
  readonly scopes: readonly string[] | undefined;
  readonly clock: Finding;
  readonly speed: Finding;
}

/** Throws what Slack's client throws. */
export async function readTokenFacts({ measure }: SlackCalls): Promise<TokenFacts> {
  const first = await measure((client) => client.auth.test());
  // The first call also opens the connection, which a running server keeps open.
  const { ms, ahead } = await measure((client) => client.auth.test());
  const identity = answer.parse(first.value);
  return {
    bot: botOf(identity),
    scopes: identity.response_metadata?.scopes ?? undefined,
    clock: clockOf(ahead),
    speed: speedOf(ms),
  };
}

function botOf({ team, team_id, user, bot_id }: z.infer<typeof answer>): Finding {
  if (!bot_id)
    return failed(
      `this is not a bot token; it belongs to ${team} (${team_id})`,
      'set SLACK_BOT_TOKEN to the Bot User OAuth Token from OAuth & Permissions',
    );
  return passed(`@${user ?? 'bot'} (${bot_id}) in the workspace ${team} (${team_id})`);
}

const REINSTALL =
  'add the scopes of manifest.yml under OAuth & Permissions, then reinstall the app to the workspace';

export function neededScopes(scopes: readonly string[] | undefined): Finding {
  if (!scopes) return skipped('Slack does not say which scopes this token has');
  const missing = NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return failed(`missing: ${missing.join(', ')}`, REINSTALL);
  return passed(`all required scopes are granted: ${NEEDED_SCOPES.join(', ')}`);
}

/** One finding for each optional scope. */
export function optionalScopes(scopes: readonly string[] | undefined): [string, Finding][] {
  if (!scopes) return [];
  return OPTIONAL_SCOPES.map((scope) => [
    scope,
    scopes.includes(scope)
      ? passed('granted')
      : skipped(`not granted: ${WITHOUT[scope]}`, REINSTALL),
  ]);
}

/** Beyond five minutes every signature is refused, so the check fails before that. */
const SKEW = { warn: MINUTE, fail: 4 * MINUTE };
const SET_CLOCK = 'synchronise the clock of this machine with NTP (timedatectl set-ntp true)';

function clockOf(ahead: number | undefined): Finding {
  if (ahead === undefined) return skipped('Slack sends no time');
  const seconds = Math.round(Math.abs(ahead) / SECOND);
  const difference = `this machine is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} Slack`;
  if (Math.abs(ahead) > SKEW.fail)
    return failed(`${difference}; signed requests are refused from 300 s`, SET_CLOCK);
  if (Math.abs(ahead) > SKEW.warn) return warning(difference, SET_CLOCK);
  return passed(`within ${Math.max(seconds, 1)} s of Slack's clock`);
}

/** A form must be opened within this after a click (ms). https://docs.slack.dev/interactivity/handling-user-interaction */
const DEADLINE = 3 * SECOND;
const QUICK = SECOND;

function speedOf(ms: number): Finding {
  const message = `a call to Slack takes ${(ms / SECOND).toFixed(2)} s, ${Math.ceil((100 * ms) / DEADLINE)} % of the 3 s in which a click must open a form`;
  if (ms <= QUICK) return passed(message);
  return warning(
    message,
    'forms will often not open in time: run vsecure closer to Slack, or check the proxy in between',
  );
}
