/** A workspace for one test: its people, one channel, a network that can fail, and the settings of a server connected to it. */

import { type Emulate, startEmulate } from './emulate.js';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { type ResponseSink, startResponseSink } from './response-sink.js';

export interface Workspace {
  readonly emulate: Emulate;
  /** Between the bot and Slack. */
  readonly proxy: FaultProxy;
  /** Behind every `response_url`. */
  readonly sink: ResponseSink;
  /** The settings of a server that is connected to this workspace. */
  readonly env: Readonly<Record<string, string>>;
  /** The Slack id of a person by name; any other word is taken for an id. */
  readonly idOf: (user: string) => string;
  readonly close: () => Promise<void>;
}

/** Each of `users` has the address `<name>@example.com`. */
export async function openWorkspace(users: readonly string[]): Promise<Workspace> {
  const emulate = await startEmulate({ users, channel: 'approvals' });
  const proxy = await startFaultProxy({ upstream: emulate.url });
  const sink = await startResponseSink();
  return {
    emulate,
    proxy,
    sink,
    env: {
      SLACK_BOT_TOKEN: emulate.botToken,
      SLACK_SIGNING_SECRET: emulate.signingSecret,
      SLACK_CHANNEL: emulate.channelId,
      SLACK_API_URL: proxy.apiUrl,
    },
    idOf: (user) => emulate.users[user] ?? user,
    async close() {
      await Promise.all([sink.close(), proxy.close()]);
      await emulate.close();
    },
  };
}
