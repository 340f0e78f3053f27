/** A process that starts a Slack look-alike and waits to be killed: run by a test. */

import { startLocalSlack } from '../test/support/slack/local-slack.js';

const slack = await startLocalSlack({ mode: 'socket', users: [], channels: [] });
process.stdout.write(`${slack.url}\n`);
