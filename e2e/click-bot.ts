/** A minimal Bolt app with a card, a modal and an App Home, to test the test support. */

import { App, type BlockAction, ExpressReceiver, type Logger, LogLevel } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';

const plain = (text: string) => ({ type: 'plain_text' as const, text });

export const CARD: KnownBlock[] = [
  { type: 'header', block_id: 'h', text: plain('Approval needed') },
  {
    type: 'section',
    block_id: 'f',
    fields: [{ type: 'mrkdwn', text: '*Resource*\n`production/DATABASE_URL`', verbatim: true }],
  },
  {
    type: 'actions',
    block_id: 'a',
    elements: [
      {
        type: 'button',
        action_id: 'approve',
        value: 'r1',
        style: 'primary',
        text: plain('Approve'),
      },
    ],
  },
];

export const MODAL: ModalView = {
  type: 'modal',
  callback_id: 'approve',
  private_metadata: 'r1',
  title: plain('Approve'),
  submit: plain('Approve'),
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: plain('Reason'),
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
};

export interface ClickBotOptions {
  readonly slackApiUrl: string;
  readonly token: string;
  /** Socket Mode with this token; else signed HTTP. */
  readonly appToken?: string;
  readonly signingSecret: string;
  readonly port: number;
}

/** Starts it; `post` puts a card in the channel and resolves with its ts. */
export async function startClickBot(options: ClickBotOptions) {
  const { signingSecret, token, appToken, slackApiUrl, port } = options;
  const receiver = new ExpressReceiver({
    signingSecret,
    endpoints: '/slack/events',
    logger: SILENT,
  });
  const app = new App({
    token,
    ...(appToken ? { appToken, socketMode: true } : { receiver }),
    clientOptions: { slackApiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    convoStore: false,
    logger: SILENT,
  });
  // A test may end while an answer is on its way; its assertions wait for what they need.
  app.error(async () => {});
  register(app);
  await app.start(port);
  return {
    client: app.client,
    post: async (channel: string): Promise<string> => {
      const { ts } = await app.client.chat.postMessage({ channel, text: 'Approve?', blocks: CARD });
      return String(ts);
    },
    stop: () => app.stop(),
  };
}

/** Silent: forged requests and cut connections are part of the tests. */
const SILENT: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** Approve opens a modal; its submission with a reason updates the card; `/vsecure` and Home answer. */
function register(app: App): void {
  app.action<BlockAction>('approve', async ({ ack, body, client }) => {
    await ack();
    const card = JSON.stringify([body.channel?.id, body.message?.ts]);
    const view = { ...MODAL, private_metadata: card };
    await client.views.open({ trigger_id: body.trigger_id, view });
  });
  app.view('approve', async ({ ack, view, body, client }) => {
    const reason = view.state.values['reason']?.['text']?.value;
    if (!reason) return ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
    await ack();
    const [channel, ts] = JSON.parse(view.private_metadata);
    const text = `Approved by ${body.user.id}: ${reason}`;
    return void (await client.chat.update({ channel, ts, text }));
  });
  app.command('/vsecure', async ({ ack, respond, command }) => {
    await ack();
    await respond({ response_type: 'ephemeral', text: `heard ${command.text}` });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const blocks: KnownBlock[] = [{ type: 'header', text: plain('Nothing waits for you') }];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
}
