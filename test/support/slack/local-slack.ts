/**
 * local-slack: a third-party Slack look-alike with channels, modals and a web page, driven by a test.
 *
 * What version 0.1.8 does, as found by running it:
 * - It takes any token, any block and any number of blocks, and drops a message's `metadata`. It refuses
 *   with `channel_not_found`, `message_not_found`, `user_not_found`, `users_not_found`,
 *   `invalid_trigger_id` and `unknown_method` (`usergroups.*`, `auth.revoke`) only. A trigger_id lasts
 *   for half an hour and opens more than one modal; `views.update` heeds no `hash`.
 * - All users share one modal stack. `views.open` replaces it, an empty acknowledgement of a submission or
 *   a close clears all of it, `update` and `push` act on the shown view.
 * - A submission holds what the person touched: an untouched input comes as null (or `[]` for
 *   checkboxes), whatever its `initial_value`, `initial_option` or `initial_options` say. The page shows
 *   the initial text of a text input, but preselects nothing.
 * - Buttons inside a modal do nothing. A click in the App Home comes with `container.type: 'message'`, an
 *   empty `channel.id`, no `message` and no `view`; what is answered on its response_url is not shown.
 * - The page draws header, section, fields, context, actions, divider, image, input (text as one line,
 *   select, checkboxes, radio buttons, date); `[type]` stands for rich_text, table, markdown, alert and
 *   other blocks. `<!date^…>` stays as written, and `confirm` is skipped. A message with blocks hides its
 *   `text`. Thread replies are behind "1 reply".
 * - Ephemeral messages lie in `messages` with `subtype: 'ephemeral'` and `ephemeral_to`, and the page
 *   shows them to the current user. They look the same as other messages.
 * - response_url works, any number of times; without `response_type` the answer is visible to all.
 * - `users.info` has `id`, `team_id`, `name`, `real_name`, `deleted` (false), `is_bot`, `is_admin`, `tz` and
 *   `profile` with `real_name`, `display_name`, `email`; no user is ever a guest or deactivated.
 * - `chat.postMessage` to a user id, and `conversations.open`, open a direct message.
 * - It listens on every network interface, and every client may act as any user.
 */

import {
  findLookAlike,
  LOOK_ALIKE_APP,
  type LookAlikeOptions,
  startLookAlike,
} from '../../../src/main/demo/slack-look-alike.js';
import { expectNoProblems, lintMessage } from './blocks-lint.js';
import { findAction } from './card.js';
import { asArray, asObject, type JsonObject } from './json.js';
import { type LocalSlackUi, openLocalSlackUi } from './local-slack-ui.js';
import type { ViewValues } from './view-values.js';

/** The binary's path, or undefined where this platform has none; `LOCAL_SLACK_BIN` names another. */
export function localSlackAvailable(): string | undefined {
  return findLookAlike(process.env['LOCAL_SLACK_BIN']);
}

export type LocalSlackOptions = Omit<LookAlikeOptions, 'binary'>;

/** The users' view and actions. */
export interface LocalSlackPeople extends Omit<LocalSlackUi, 'send'> {
  readonly messages: (channel: string) => Promise<readonly JsonObject[]>;
  /** Uses an element as described; resolves when the bot has acknowledged or failed to. */
  readonly interact: (interaction: {
    user: string;
    channel: string;
    messageTs: string;
    action: JsonObject;
  }) => Promise<void>;
  /** Clicks the element with this action_id on the newest message that has one. Throws if none has. */
  readonly click: (user: string, channel: string, actionId: string) => Promise<void>;
  /** Clicks an element of the App Home that was last published for this user. */
  readonly clickHome: (user: string, actionId: string) => void;
  /** Submits the shown modal; watch `views`, `viewErrors` and the messages for what follows. */
  readonly submitView: (user: string, values: ViewValues) => void;
  readonly closeView: (user: string) => void;
  readonly command: (user: string, channel: string, text: string) => Promise<void>;
  /** Opens the bot's Home tab; the page that it publishes comes to `home(user)`. */
  readonly openHome: (user: string) => Promise<void>;
  /** What went to the bot and came from it, oldest first, at most 1000 entries. */
  readonly log: () => Promise<readonly JsonObject[]>;
}

export interface LocalSlack extends LocalSlackPeople {
  readonly url: string;
  /** The `slackApiUrl` for the bot: ends in `/api/`. */
  readonly apiUrl: string;
  readonly app: typeof LOOK_ALIKE_APP;
  /** Throws when Slack would have refused a view or a message as it stands at the end. */
  readonly stop: () => Promise<void>;
}

/** Starts one on a free port. Throws where there is no binary: ask `localSlackAvailable` first. */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const binary = localSlackAvailable();
  if (!binary) throw new Error('no local-slack binary for this platform; set LOCAL_SLACK_BIN');
  const { url, apiUrl, stop } = await startLookAlike({ ...options, binary });
  const operated = await operateLocalSlack(url);
  return {
    ...operated,
    url,
    apiUrl,
    app: LOOK_ALIKE_APP,
    async stop() {
      const channels = options.channels.map(({ id }) => operated.messages(id));
      const messages = (await Promise.all(channels)).flat();
      operated.close();
      await stop();
      expectNoProblems([
        ...operated.problems(),
        ...messages.flatMap(({ blocks }) => (blocks === undefined ? [] : lintMessage(blocks))),
      ]);
    },
  };
}

/** Drives one that another process has started. */
export async function operateLocalSlack(url: string): Promise<LocalSlackPeople> {
  const { send, ...ui } = await openLocalSlackUi(Number(new URL(url).port));
  const control = createControl(url);
  return {
    ...ui,
    messages: control.messages,
    interact: (interaction) => control.post('interact', interaction),
    click: async (user, channel, actionId) => {
      const { messageTs, action } = newest(await control.messages(channel), actionId);
      await control.post('interact', { user, channel, messageTs, action });
    },
    clickHome: (user, actionId) => {
      const action = findAction(ui.home(user) ?? {}, actionId);
      if (!action) throw new Error(`no ${actionId} in the App Home of ${user}`);
      send({ t: 'block_action', user, channel: '', messageTs: '', action });
    },
    submitView: (user, values) => send({ t: 'view_submit', user, values }),
    closeView: (user) => send({ t: 'view_close', user }),
    command: (user, channel, text) =>
      control.post('command', { user, channel, text, command: '/vsecure' }),
    openHome: (user) => control.post('open-home', { user }),
    log: control.log,
  };
}

/** local-slack's own HTTP interface for tests. */
function createControl(url: string) {
  const read = async (path: string): Promise<JsonObject> =>
    asObject(await (await fetch(`${url}/_control/${path}`)).json());
  return {
    messages: async (channel: string) =>
      asArray((await read(`messages/${channel}`))['messages']).map(asObject),
    log: async () => asArray((await read('log'))['log']).map(asObject),
    post: async (path: string, body: JsonObject) => {
      const response = await fetch(`${url}/_control/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`local-slack refused ${path}: ${await response.text()}`);
    },
  };
}

function newest(messages: readonly JsonObject[], actionId: string) {
  for (const message of [...messages].reverse()) {
    const action = findAction(message, actionId);
    if (action) return { messageTs: message['ts'], action };
  }
  throw new Error(`no message with an element ${actionId}`);
}
