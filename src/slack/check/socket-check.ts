/** Does the app token open a socket? It asks Slack for an address and does not connect to it: a server may be using its own. */

import { type Finding, ok } from './finding.js';
import { refused, type SlackCalls } from './slack-calls.js';

const MEND =
  'switch Socket Mode on, make an app-level token with connections:write under Basic Information, and set it as SLACK_APP_TOKEN';

/** `calls` with the app token. Throws what is not Slack's. https://docs.slack.dev/reference/methods/apps.connections.open */
export async function checkSocket({ client }: SlackCalls): Promise<Finding> {
  try {
    await client.apps.connections.open({});
    return ok('Slack would open a socket for it');
  } catch (error) {
    return refused(error, MEND);
  }
}
