/** What the demo says to whoever watches it. */

import { WANTED } from './seed-data.js';

export interface Shown {
  /** Of the server. */
  readonly url: string;
  /** Of the Slack look-alike; undefined where this platform has none. */
  readonly slackUrl: string | undefined;
  readonly approval: string;
  readonly approverKey: string;
}

/** Where everything is, what was asked, and how to decide it. */
export function introduction({ url, slackUrl, approval, approverKey }: Shown): string {
  return [
    '',
    `  vsecure   ${url}   (MCP at ${url}/mcp)`,
    ...(slackUrl ? [`  Slack     ${slackUrl}   (a look-alike; fake data only, no login)`] : []),
    '',
    'The example agent, whose key belongs to bob, asks for',
    `  ${WANTED}`,
    '',
    ...(slackUrl ? inSlack(slackUrl) : WITHOUT_SLACK),
    `  VSECURE_URL=${url} VSECURE_API_KEY=${approverKey} \\`,
    `    npx vsecure mcp:approve ${approval} --reason "Known incident" --yes`,
    '',
    'Waiting for the decision …',
  ].join('\n');
}

const inSlack = (slackUrl: string) => [
  'Now you are the approver:',
  `  1. Open ${slackUrl} and choose "Act as" Alice (approver).`,
  '  2. In #approvals, press "Approve…" on the card, give a reason, and submit.',
  '     (Or press "Deny…". As Bob you will be refused: nobody approves their own key.)',
  '',
  'Or from another terminal:',
];

const WITHOUT_SLACK = [
  'There is no Slack look-alike for this platform. Decide from another terminal:',
];
