/** What the demo prints. */

import { WANTED } from './seed-data.js';

export interface Introduction {
  /** The server's URL. */
  readonly url: string;
  /** The URL of the Slack look-alike; undefined when it does not exist for this platform. */
  readonly slackUrl: string | undefined;
  readonly approval: string;
  readonly approverKey: string;
  /** The path of the program that runs: the shown command works in every folder, also without the published package. */
  readonly program: string;
}

/** The addresses, the request, and how to decide it. */
export function introduction({
  url,
  slackUrl,
  approval,
  approverKey,
  program,
}: Introduction): string {
  return [
    '',
    `  vsecure   ${url}   (MCP at ${url}/mcp)`,
    ...(slackUrl ? [`  Slack     ${slackUrl}   (a look-alike without login; fake data only)`] : []),
    '',
    "The example agent uses Bob's key and asks to read",
    `  ${WANTED}`,
    '',
    ...(slackUrl ? inSlack(slackUrl) : WITHOUT_SLACK),
    `  VSECURE_URL=${url} VSECURE_API_KEY=${approverKey} \\`,
    `    node ${JSON.stringify(program)} mcp:approve ${approval} --reason "Known incident" --yes`,
    '',
    'Waiting for the decision …',
  ].join('\n');
}

const inSlack = (slackUrl: string) => [
  'Now decide as the approver:',
  `  1. Open ${slackUrl} and choose "Act as" Alice (approver).`,
  '  2. In #approvals, click "Approve…" on the card, enter a reason, and submit.',
  '     (Or click "Deny…". Bob cannot decide: he owns the key that asks.)',
  '',
  'Or decide from another terminal:',
];

const WITHOUT_SLACK = [
  'The Slack look-alike is not available on this platform. Decide from another terminal:',
];
