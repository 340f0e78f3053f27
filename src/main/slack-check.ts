/** `vsecure slack:check`: checks the Slack setup. Prints one line for each check, with a fix for each problem. */

import { type Config, ConfigError, readConfig } from '../config.js';
import { generateSecureToken } from '../crypto/random-token.js';
import { signAsSlack } from '../crypto/slack-signature.js';
import { checkSlack, type SlackCheckOptions } from '../slack/check/check-slack.js';
import type { Checked } from '../slack/check/finding.js';
import { printFindings } from './findings.js';
import { findChannels, type ReadPolicies } from './slack-channels.js';

export interface SlackCheckArguments {
  /** Also posts a test message to each channel. */
  readonly post?: boolean;
  /** Prints one JSON document. */
  readonly json?: boolean;
}

export async function run({ post = false, json = false }: SlackCheckArguments): Promise<number> {
  return printFindings(checkSlackSetup(readConfig(process.env), { post }), { json, toJson });
}

/** Throws ConfigError when Slack is not configured. `readPolicies`: default, it opens the configured database. */
export async function* checkSlackSetup(
  config: Config,
  { post, readPolicies }: { readonly post: boolean; readonly readPolicies?: ReadPolicies },
): AsyncGenerator<Checked> {
  if (!config.slack) throw new ConfigError(['SLACK_BOT_TOKEN: required to check Slack']);
  const { channels, gaps } = await findChannels(config, readPolicies);
  yield* checkSlack({ ...optionsOf(config, config.slack), channels, post });
  yield* gaps;
}

function optionsOf(
  { http, adminEmail }: Config,
  { botToken, appToken, signingSecret, apiUrl, linkByEmail }: NonNullable<Config['slack']>,
): Omit<SlackCheckOptions, 'channels' | 'post'> {
  return {
    botToken: botToken.reveal(),
    appToken: appToken?.reveal(),
    apiUrl,
    email: linkByEmail ? adminEmail : undefined,
    address: signingSecret && {
      publicUrl: http.publicUrl,
      httpsOnly: apiUrl === undefined,
      challenge: generateSecureToken(),
      sign: (body) => signAsSlack(signingSecret.reveal(), body, new Date()),
    },
  };
}

/** The fields of the JSON output keep their old names `says` and `mend`, which scripts read. */
const toJson = ({ check, result, message, fix }: Checked) => ({
  check,
  result,
  says: message,
  mend: fix,
});
