/** `vsecure slack:check`: is everything in place for Slack? One line for each thing, and how to mend what is not. */

import { parseArgs } from 'node:util';
import { escapeJson, escapeText } from '../cli/terminal-text.js';
import { type Config, ConfigError, readConfig } from '../config.js';
import { generateSecureToken } from '../crypto/random-token.js';
import { signAsSlack } from '../crypto/slack-signature.js';
import { checkSlack, type SlackCheckOptions } from '../slack/check/check-slack.js';
import type { Checked } from '../slack/check/finding.js';
import { findChannels } from './slack-channels.js';

const USAGE = `Usage: vsecure slack:check [--post] [--json]

Run it with the server's environment. Looks at the tokens, their scopes, the channels, the public address and the
clock, and says how to mend what is wrong. Exit code: 0 all is well, 1 something failed, 2 wrong usage or settings.

  --post  also post a test message to each channel
  --json  print one JSON document
`;

const OPTIONS = {
  post: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function run(argv: string[]): Promise<number> {
  const asked = readArguments(argv);
  if (!asked || asked.help) {
    (asked ? process.stdout : process.stderr).write(USAGE);
    return asked ? 0 : 2;
  }
  const config = readConfig(process.env);
  const all: Checked[] = [];
  for await (const one of look(config, asked.post)) {
    all.push(one);
    if (!asked.json) process.stdout.write(`${lineOf(one)}\n`);
  }
  const failures = all.filter(({ result }) => result === 'failed').length;
  if (asked.json) process.stdout.write(`${escapeJson({ ok: failures === 0, checks: all })}\n`);
  else process.stdout.write(`${summary(failures)}\n`);
  return failures === 0 ? 0 : 1;
}

/** Undefined when the words make no sense. */
function readArguments(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS }).values;
  } catch {
    return undefined;
  }
}

async function* look(config: Config, post: boolean): AsyncGenerator<Checked> {
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

function lineOf({ check, result, says, mend }: Checked): string {
  const todo = mend === undefined ? '' : `. To mend: ${mend}`;
  return escapeText(`${MARKS[result]}  ${check}: ${says}${todo}`);
}

function summary(failures: number): string {
  return failures === 0 ? 'All is well.' : `${failures} failed.`;
}
