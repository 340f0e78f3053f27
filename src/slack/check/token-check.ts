/** Whose is the bot token, what may it do, how far away is Slack, and do our clocks agree? All of it from `auth.test`. */

import { z } from 'zod';
import { MINUTE, SECOND } from '../../domain/limits.js';
import { type Finding, failed, ok, skipped, warning } from './finding.js';
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
  /** Undefined when Slack does not say them. */
  readonly scopes: readonly string[] | undefined;
  readonly clock: Finding;
  readonly speed: Finding;
}

/** Throws what Slack's client throws. */
export async function askAboutToken({ measure }: SlackCalls): Promise<TokenFacts> {
  const first = await measure((client) => client.auth.test());
  // The first call also opens the connection, which a running server keeps open.
  const { ms, ahead } = await measure((client) => client.auth.test());
  const said = answer.parse(first.value);
  return {
    bot: botOf(said),
    scopes: said.response_metadata?.scopes ?? undefined,
    clock: clockOf(ahead),
    speed: speedOf(ms),
  };
}

function botOf({ team, team_id, user, bot_id }: z.infer<typeof answer>): Finding {
  if (!bot_id)
    return failed(
      `this token is no bot's, in ${team} (${team_id})`,
      'set SLACK_BOT_TOKEN to the Bot User OAuth Token of OAuth & Permissions',
    );
  return ok(`@${user ?? 'bot'} (${bot_id}) in the workspace ${team} (${team_id})`);
}

const REINSTALL =
  'add what manifest.yml lists under OAuth & Permissions, then reinstall the app to the workspace';

export function neededScopes(scopes: readonly string[] | undefined): Finding {
  if (!scopes) return skipped('Slack does not say which scopes this token has');
  const missing = NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) return failed(`missing: ${missing.join(', ')}`, REINSTALL);
  return ok(`all that is needed: ${NEEDED_SCOPES.join(', ')}`);
}

/** One finding for each scope that may be refused. */
export function optionalScopes(scopes: readonly string[] | undefined): [string, Finding][] {
  if (!scopes) return [];
  return OPTIONAL_SCOPES.map((scope) => [
    scope,
    scopes.includes(scope) ? ok('granted') : skipped(`not granted: ${WITHOUT[scope]}`, REINSTALL),
  ]);
}

/** Signatures are refused beyond five minutes, so that a little more would break everything. */
const SKEW = { warn: MINUTE, fail: 4 * MINUTE };
const SET_CLOCK = 'let this machine keep time by NTP (timedatectl set-ntp true)';

function clockOf(ahead: number | undefined): Finding {
  if (ahead === undefined) return skipped('Slack does not say what time it is');
  const seconds = Math.round(Math.abs(ahead) / SECOND);
  const says = `this machine is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} Slack`;
  if (Math.abs(ahead) > SKEW.fail)
    return failed(`${says}; signed requests are refused from 300 s`, SET_CLOCK);
  if (Math.abs(ahead) > SKEW.warn) return warning(says, SET_CLOCK);
  return ok(`within ${Math.max(seconds, 1)} s of Slack's`);
}

/** A form must be open within this after a press (ms). https://docs.slack.dev/interactivity/handling-user-interaction */
const DEADLINE = 3 * SECOND;
const QUICK = SECOND;

function speedOf(ms: number): Finding {
  const says = `a call to Slack takes ${(ms / SECOND).toFixed(2)} s, ${Math.ceil((100 * ms) / DEADLINE)} % of the 3 s that a press may wait`;
  if (ms <= QUICK) return ok(says);
  return warning(
    says,
    'forms will often not open in time: run vsecure where Slack is nearer, or look at the proxy between',
  );
}
