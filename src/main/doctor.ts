/** `vsecure doctor`: checks what is configured and prints one line for each check, with a fix for each problem. Changes nothing. */

import { skipped } from '../slack/check/finding.js';
import { createDisposal, type Disposal } from './disposal.js';
import { databaseParts } from './doctor/database-parts.js';
import { diskPart, nodePart } from './doctor/machine-parts.js';
import { type Part, runParts } from './doctor/part.js';
import { serverFindings } from './doctor/server-findings.js';
import { readUsableConfig, type UsableConfig } from './doctor/usable-config.js';
import { printFindings } from './findings.js';
import { createLogger } from './logger.js';
import type { ReadPolicies } from './slack-channels.js';
import { checkSlackSetup } from './slack-check.js';

/** Exit code 1: a check failed. */
export async function run({ json = false }: { readonly json?: boolean }): Promise<number> {
  const disposal = createDisposal(createLogger('silent'));
  try {
    const parts = partsOf(readUsableConfig(process.env), disposal);
    return await printFindings(runParts(parts), { json });
  } finally {
    await disposal.run();
  }
}

function partsOf(usable: UsableConfig, disposal: Disposal): Part[] {
  const { parts, readPolicies } = databaseParts(usable, disposal);
  return [
    nodePart,
    configurationPart(usable),
    ...parts,
    diskPart(usable),
    slackPart(usable, readPolicies),
    serverPart(usable),
  ];
}

const configurationPart = ({ findings }: UsableConfig): Part => ({
  check: 'configuration',
  async *findings() {
    for (const finding of findings) yield { check: 'configuration', ...finding };
  },
});

const NO_SLACK = skipped(
  'not set up, so there are no cards: decide with `vsecure mcp:approve`',
  'docs/slack.md explains how to connect Slack',
);

const slackPart = ({ config, unusable }: UsableConfig, readPolicies: ReadPolicies): Part => ({
  check: 'Slack',
  async *findings() {
    const without = unusable('slack') ?? (config.slack ? undefined : NO_SLACK);
    if (without) return yield { check: 'Slack', ...without };
    for await (const found of checkSlackSetup(config, { post: false, readPolicies }))
      yield { ...found, check: `Slack: ${found.check}` };
  },
});

const serverPart = ({ config, unusable }: UsableConfig): Part => ({
  check: 'server',
  async *findings() {
    const without = unusable('address');
    if (without) yield { check: 'server', ...without };
    else yield* serverFindings(config.http, process.env);
  },
});
