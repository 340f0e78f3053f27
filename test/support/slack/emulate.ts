/**
 * emulate: a third-party emulator of the Slack Web API, in this process, with strict scopes.
 *
 * What version 0.12.2 does, as found by running it:
 * - Any number of instances run side by side, each with its own workspace and port.
 * - It keeps and gives back `metadata`, `blocks`, `thread_ts` and `unfurl_*` of a message.
 * - `chat.postMessage`, `update`, `delete`, `getPermalink`, `conversations.open`, `views.open`,
 *   `views.update`, `views.push` and `views.publish` work and refuse as Slack does: `missing_scope`,
 *   `not_in_channel` (private channels only), `channel_not_found`, `message_not_found`,
 *   `cant_update_message`, `exchanged_trigger_id`, `expired_trigger_id` (after 2 to 3 s), `hash_conflict`.
 * - `chat.postEphemeral` answers `user_not_in_channel` where it should, but no method reads the
 *   message again: look at the fault proxy's calls. The same holds for views.
 * - `users.info` has `id`, `team_id`, `name`, `real_name`, `is_admin`, `is_bot`, `deleted` and `profile`
 *   (`email` only with `users:read.email`), but none of `is_restricted`, `is_ultra_restricted`,
 *   `is_stranger`, `is_invited_user`, `is_email_confirmed`, `enterprise_user`. Nothing changes a user
 *   after the start: let the fault proxy replace the answer.
 * - `users.lookupByEmail` compares letter for letter, where Slack ignores case.
 * - It checks no block: 51 blocks and unknown types are accepted. It takes any bearer token for an
 *   administrator's: a wrong token is refused only where a scope is missing.
 * - `usergroups.*`, `auth.revoke` and `apps.connections.open` do not exist: HTTP 404.
 * - It delivers no interaction; see `createSlackDriver`.
 */

import { WebClient } from '@slack/web-api';
import { createEmulator } from 'emulate';
import { asArray, asObject, asString, type JsonObject } from './json.js';

/** The scopes of `manifest.yml`; a call beyond them is refused with `missing_scope`. */
export const BOT_SCOPES = [
  ...['chat:write', 'commands', 'im:write', 'users:read', 'users:read.email'],
  ...['channels:read', 'groups:read', 'usergroups:read'],
];

/** The scopes that the test itself needs to read messages. */
const ALL_SCOPES = [
  ...BOT_SCOPES,
  ...['channels', 'groups', 'im', 'mpim'].flatMap((kind) => [`${kind}:read`, `${kind}:history`]),
  'groups:write',
  'team:read',
];

const APP = { app_id: 'A000000777', bot_id: 'B000000777', bot_user_id: 'U000000777' };
const BOT_TOKEN = 'xoxb-emulate-bot';
const OBSERVER_TOKEN = 'xoxb-emulate-observer';
const ADMIN_TOKEN = 'xoxp-emulate-admin';
const SIGNING_SECRET = 'emulate-signing-secret';
/** emulate's own first user, a member of every channel. */
const ADMIN = 'U000000001';

export interface EmulateOptions<Name extends string> {
  /** People by handle; each gets `<name>@example.com` and an id of emulate's making. */
  readonly users: readonly Name[];
  /** Name of the one channel. It is private, as the approvals channel should be. */
  readonly channel: string;
  /** False leaves the bot outside the channel: `not_in_channel`. Default true. */
  readonly botInChannel?: boolean;
  readonly scopes?: readonly string[];
}

export interface Emulate<Name extends string = string> {
  /** Origin of the server, for a fault proxy in front of it. */
  readonly url: string;
  /** The `slackApiUrl` for the bot: ends in `/api/`. */
  readonly apiUrl: string;
  readonly teamId: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly botToken: string;
  readonly signingSecret: string;
  /** Handle → user id. */
  readonly users: Readonly<Record<Name, string>>;
  readonly channelId: string;
  /** The current message, in a thread or not. */
  readonly message: (ts: string, channel?: string) => Promise<JsonObject | undefined>;
  /** Top-level messages of the channel, oldest first. */
  readonly messages: (channel?: string) => Promise<readonly JsonObject[]>;
  /** The answers in a message's thread, oldest first. */
  readonly replies: (ts: string, channel?: string) => Promise<readonly JsonObject[]>;
  /** The direct-message channel between the bot and this user. */
  readonly directMessages: (userId: string) => Promise<string>;
  /** A fresh trigger_id of this user's interaction: valid once, for 2 to 3 seconds. */
  readonly trigger: (userId: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts a workspace of its own on a free loopback port. */
export async function startEmulate<const Name extends string>(
  options: EmulateOptions<Name>,
): Promise<Emulate<Name>> {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: { slack: seed(options) },
  });
  const url = emulator.url.replace('localhost', '127.0.0.1');
  const apiUrl = `${url}/api/`;
  const call = async (token: string, method: string, args: Record<string, unknown> = {}) =>
    asObject(await createClient(token, apiUrl).apiCall(method, args));
  const observe = (method: string, args?: Record<string, unknown>) =>
    call(OBSERVER_TOKEN, method, args);

  const [team, people, conversations] = await Promise.all([
    observe('team.info'),
    observe('users.list'),
    call(ADMIN_TOKEN, 'conversations.list', { types: 'private_channel' }),
  ]);
  const channelId = idOf(conversations['channels'], options.channel);
  if (options.botInChannel ?? true)
    await call(ADMIN_TOKEN, 'conversations.invite', {
      channel: channelId,
      users: APP.bot_user_id,
    });

  const thread = async (ts: string, channel = channelId) =>
    asArray((await observe('conversations.replies', { channel, ts }))['messages']).map(asObject);

  return {
    url,
    apiUrl,
    teamId: asString(asObject(team['team'])['id']),
    appId: APP.app_id,
    botUserId: APP.bot_user_id,
    botToken: BOT_TOKEN,
    signingSecret: SIGNING_SECRET,
    users: idsOf(people['members'], options.users),
    channelId,
    message: async (ts, channel) => (await thread(ts, channel)).find((one) => one['ts'] === ts),
    replies: async (ts, channel) => (await thread(ts, channel)).filter((one) => one['ts'] !== ts),
    messages: async (channel = channelId) => {
      const history = await observe('conversations.history', { channel, limit: 1000 });
      return asArray(history['messages']).map(asObject).reverse();
    },
    directMessages: async (user) =>
      asString(asObject((await observe('conversations.open', { users: user }))['channel'])['id']),
    trigger: async (user_id) =>
      asString((await call(BOT_TOKEN, 'views.generateTriggerId', { user_id }))['trigger_id']),
    close: () => emulator.close(),
  };
}

function createClient(token: string, slackApiUrl: string): WebClient {
  return new WebClient(token, { slackApiUrl, retryConfig: { retries: 0 } });
}

function seed({ users, channel, scopes = BOT_SCOPES }: EmulateOptions<string>) {
  const bot = { type: 'bot', user_id: APP.bot_user_id, ...APP };
  return {
    team: { name: 'Acme', domain: 'acme' },
    users: users.map((name) => ({ name, real_name: name, email: `${name}@example.com` })),
    channels: [{ name: channel, is_private: true }],
    oauth_apps: [
      {
        ...APP,
        name: 'vsecure',
        client_id: '1.1',
        client_secret: 'none',
        redirect_uris: [],
        scopes,
      },
    ],
    tokens: [
      { ...bot, token: BOT_TOKEN, scopes },
      { ...bot, token: OBSERVER_TOKEN, scopes: ALL_SCOPES },
      { token: ADMIN_TOKEN, type: 'user', user_id: ADMIN, scopes: ALL_SCOPES },
    ],
    signing_secret: SIGNING_SECRET,
    strict_scopes: true,
  };
}

function idsOf<Name extends string>(members: unknown, names: readonly Name[]) {
  const ids: Partial<Record<Name, string>> = {};
  for (const name of names) ids[name] = idOf(members, name);
  return ids as Record<Name, string>;
}

function idOf(items: unknown, name: string): string {
  const found = asArray(items).find((item) => asObject(item)['name'] === name);
  return asString(asObject(found)['id']);
}
