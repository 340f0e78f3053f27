/** A Slack look-alike with two people, the real server connected to it, and an agent of bob's. */

import { approvalId } from '../src/contract/fields.js';
import { type TestDatabase, testDatabase } from '../test/support/database.js';
import { type AnyClient, call, connectClient, fields } from '../test/support/mcp-client.js';
import { startVsecure } from '../test/support/server.js';
import { buildServices, DATABASE_URL } from '../test/support/services.js';
import { findAction } from '../test/support/slack/card.js';
import { asObject, type JsonObject } from '../test/support/slack/json.js';
import { startLocalSlack } from '../test/support/slack/local-slack.js';
import { freePort } from '../test/support/slack/loopback.js';
import { until } from '../test/support/until.js';

export const ALICE = 'U01ALICE';
export const BOB = 'U02BOB';
const CHANNEL = 'C01APPROVALS';
export const SECRET = DATABASE_URL;

const PEOPLE = {
  users: [
    { id: ALICE, name: 'alice', realName: 'Alice Anderson', email: 'alice@example.com' },
    { id: BOB, name: 'bob', realName: 'Bob Brown', email: 'bob@example.com' },
  ],
  channels: [{ id: CHANNEL, name: 'approvals' }],
};

export type Workspace = Awaited<ReturnType<typeof openWorkspace>>;

export interface WorkspaceOptions {
  readonly mode: 'socket' | 'http';
  readonly value: string;
  readonly database?: Pick<TestDatabase, 'url' | 'connection' | 'dataSource' | 'close'>;
  readonly env?: Readonly<Record<string, string>>;
  /** Puts a proxy between vsecure and Slack: gets Slack's address, returns the address to use. */
  readonly between?: (slackUrl: string) => Promise<string>;
}

export async function openWorkspace(options: WorkspaceOptions) {
  const { mode, between } = options;
  const port = await freePort();
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const slack = await startLocalSlack({ ...PEOPLE, mode, requestUrl });
  const database = options.database ?? (await testDatabase());
  const services = await buildServices({ database });
  await services.policy({ name: 'Production secrets' });
  await services.secret(options.value);
  const server = await startVsecure({
    database,
    masterKey: services.masterKeyText,
    env: {
      PORT: String(port),
      SLACK_BOT_TOKEN: slack.app.botToken,
      ...(mode === 'http'
        ? { SLACK_SIGNING_SECRET: slack.app.signingSecret }
        : { SLACK_APP_TOKEN: slack.app.appToken }),
      SLACK_CHANNEL: CHANNEL,
      // One agent makes all requests here, also for what was just denied.
      VSECURE_DENIED_COOLDOWN: '0',
      VSECURE_MAX_PENDING: '100',
      SLACK_API_URL: between ? await between(slack.url) : slack.apiUrl,
      ...options.env,
    },
  });
  const { token } = await services.agent('claude-desktop');
  const agent = await connectClient({ url: server.url, token, name: 'Claude Desktop' });

  const press = async (user: string, card: JsonObject, actionId: string) => {
    const action = findAction(card, actionId);
    if (!action) throw new Error(`the card has no ${actionId}`);
    await slack.interact({ user, channel: CHANNEL, messageTs: String(card['ts']), action });
  };
  return {
    slack,
    services,
    server,
    agent: { ...createAgent(agent), token },

    /** The card of a request, once it has appeared and matches `like`. */
    card: (approval: string, like: (message: JsonObject) => boolean = () => true) =>
      until(`the card of ${approval}`, async () => {
        // Slack shows a message before vsecure stores its place; a test could click in between.
        const known = await services.cards.find(approvalId.parse(approval));
        const shown = (await slack.messages(CHANNEL)).find(
          (message) => JSON.stringify(message).includes(approval) && like(message),
        );
        return known && shown;
      }),

    /** The message with this timestamp, when its text begins like this. */
    redrawn: (ts: unknown, text: string) =>
      until(`the card to begin with ${text}`, async () =>
        (await slack.messages(CHANNEL)).find(
          (message) => message['ts'] === ts && String(message['text']).startsWith(text),
        ),
      ),

    /** Clicks a button on this card, and resolves with the form or notice that opens. */
    async click(user: string, card: JsonObject, actionId: string): Promise<JsonObject> {
      await press(user, card, actionId);
      return until('a form', () => slack.views().at(-1));
    },

    /** Presses a button that opens no form, and resolves with the private answer. */
    async refusedClick(user: string, card: JsonObject, actionId: string): Promise<string> {
      await press(user, card, actionId);
      const answer = await until('a private answer', async () =>
        (await slack.messages(CHANNEL)).find((message) => message['ephemeral_to'] === user),
      );
      return JSON.stringify(answer);
    },

    async close() {
      await agent.close();
      await server[Symbol.asyncDispose]();
      await slack.stop();
      await services.close();
    },
  };
}

function createAgent(client: AnyClient) {
  return {
    async ask(reason: string, resource = SECRET): Promise<string> {
      const question = { resources: [resource], operation: 'read', reason, renew: true };
      return String(fields(await call(client, 'request-access', question))['approval_id']);
    },
    wait: async (approval_id: string) =>
      fields(await call(client, 'wait-for-decision', { approval_id })),
    read: (resource = SECRET) => call(client, 'read-secret', { resource }),
    call: (name: string, args: Record<string, unknown>) => call(client, name, args),
  };
}

/** The visible text of a message or a form. */
export const wordsOf = (shown: JsonObject | undefined): string =>
  JSON.stringify([asObject(shown)['title'], asObject(shown)['text'], asObject(shown)['blocks']]);
