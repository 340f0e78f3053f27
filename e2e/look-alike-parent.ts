/** Starts a Slack look-alike and waits until a test kills it. */

import { startLocalSlack } from '../test/support/slack/local-slack.js';

const slack = await startLocalSlack({ mode: 'socket', users: [], channels: [] });
process.stdout.write(`${slack.url}\n`);
