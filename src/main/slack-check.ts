/** `vsecure slack:check`: checks the Slack setup. Prints one line for each check, with a fix for each problem. */

import { escapeJson, escapeText } from '../cli/terminal-text.js';
import { type Config, ConfigError, readConfig } from '../config.js';
import { generateSecureToken } from '../crypto/random-token.js';
import { signAsSlack } from '../crypto/slack-signature.js';
import { checkSlack, type SlackCheckOptions } from '../slack/check/check-slack.js';
import type { Checked } from '../slack/check/finding.js';
import { findChannels } from './slack-channels.js';

export interface SlackCheckArguments {
  /** Also posts a test message to each channel. */
  readonly post?: boolean;
  /** Prints one JSON document. */
  readonly json?: boolean;
}

export async function run({ post = false, json = false }: SlackCheckArguments): Promise<number> {
  const config = readConfig(process.env);
  const all: Checked[] = [];
  for await (const one of runChecks(config, post)) {
    all.push(one);
    if (!json) process.stdout.write(`${lineOf(one)}\n`);
  }
  const failures = all.filter(({ result }) => result === 'failed').length;
  if (json)
    process.stdout.write(`${escapeJson({ ok: failures === 0, checks: all.map(toJson) })}\n`);
  else process.stdout.write(`${summary(failures)}\n`);
  return failures === 0 ? 0 : 1;
}

async function* runChecks(config: Config, post: boolean): AsyncGenerator<Checked> {
  if (!config.slack) throw new ConfigError(['SLACK_BOT_TOKEN: required to check Slack']);
  const { channels, gaps } = await findChannels(config);
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

const MARKS: Readonly<Record<Checked['result'], string>> = {
  ok: '✓ ok     ',
  failed: '✗ failed ',
  warning: '! warning',
  skipped: '– skipped',
};

/** The fields of the JSON output keep their old names `says` and `mend`, which scripts read. */
const toJson = ({ check, result, message, fix }: Checked) => ({
  check,
  result,
  says: message,
  mend: fix,
});

function lineOf({ check, result, message, fix }: Checked): string {
  const todo = fix === undefined ? '' : `. Fix: ${fix}`;
  return escapeText(`${MARKS[result]}  ${check}: ${message}${todo}`);
}

function summary(failures: number): string {
  if (failures === 0) return 'All checks passed.';
  return failures === 1 ? '1 check failed.' : `${failures} checks failed.`;
}
