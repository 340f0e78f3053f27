/** A Slack incoming webhook: plain text only, so that nothing in it is parsed. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */

import type { Notification } from '../domain/notification.js';
import type { Send, SlackWebhookSettings } from '../ports/index.js';
import { type Egress, isAllowed } from './egress.js';
import { factsOf, headlineOf, reasonOf } from './message-text.js';
import { sendByPost } from './post.js';

/** Slack refuses a section with more; counted in UTF-16, which is the stricter way. */
const TEXT_MAX = 3000;
/** So that a long list of resources does not push the other facts out. */
const FACT_MAX = 1500;

export const SLACK = 'https://hooks.slack.com';

/** Slack itself, or what the operator allows in its place. */
export function isSlackTarget(text: string, allowed: readonly string[]): boolean {
  const url = new URL(text);
  return url.origin === SLACK || isAllowed(url, allowed);
}

/** Looks at the address again at every try: what the operator allows may have changed since it was written down. */
export function createSlackWebhookSender(
  egress: Egress,
  allowed: readonly string[],
): (settings: SlackWebhookSettings) => Send {
  return ({ webhookUrl }) =>
    async (notification, signal) => {
      if (!isSlackTarget(webhookUrl, allowed))
        return { outcome: 'retry', error: 'forbidden_address' };
      return sendByPost(egress, webhookUrl, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(messageOf(notification)),
        signal,
      });
    };
}

/** `text` is what a phone shows: our words alone. */
export function messageOf(notification: Notification) {
  const reason = reasonOf(notification);
  return {
    text: `vsecure: ${headlineOf(notification)}`,
    blocks: [
      section(`vsecure: ${headlineOf(notification)}`),
      section(
        factsOf(notification)
          .map((fact) => cut(fact, FACT_MAX))
          .join('\n'),
      ),
      ...(reason ? [section(`Reason, in their own words:\n${reason}`)] : []),
      ...(notification.link ? [button(notification.link)] : []),
    ],
  };
}

const section = (text: string) => ({
  type: 'section',
  text: { type: 'plain_text', text: cut(text, TEXT_MAX), emoji: false },
});

/** Never through the middle of a character. */
const cut = (text: string, most: number) =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Opens the card, where people decide; here nothing is decided. */
const button = (url: string) => ({
  type: 'actions',
  elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open the card' }, url }],
});
