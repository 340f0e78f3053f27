/** Checks that the app token can open a socket: asks Slack for an address without connecting, because a server may be using its own socket. */

import { type Finding, passed } from './finding.js';
import { refused, type SlackCalls } from './slack-calls.js';

const FIX =
  'turn Socket Mode on, create an app-level token with connections:write under Basic Information, and set it as SLACK_APP_TOKEN';

/** `calls` with the app token. Throws what is not Slack's. https://docs.slack.dev/reference/methods/apps.connections.open */
export async function checkSocket({ client }: SlackCalls): Promise<Finding> {
  try {
    await client.apps.connections.open({});
    return passed('Slack accepts it for Socket Mode');
  } catch (error) {
    return refused(error, FIX);
  }
}
