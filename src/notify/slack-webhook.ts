/** A Slack incoming webhook: plain text only, so that Slack parses nothing in it. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */

import type { Notification } from '../domain/notification.js';
import type { Send, SlackWebhookSettings } from '../ports/index.js';
import { type Egress, isAllowed } from './egress.js';
import { factsOf, headlineOf, reasonOf } from './message-text.js';
import { sendByPost } from './post.js';

/** Slack refuses a longer section. Counted in UTF-16 units, which is stricter. */
const TEXT_MAX = 3000;
/** Keeps a long list of resources from displacing the other facts. */
const FACT_MAX = 1500;

export const SLACK = 'https://hooks.slack.com';

/** Slack, or a receiver that the operator allows instead. */
export function isSlackTarget(text: string, allowed: readonly string[]): boolean {
  const url = new URL(text);
  return url.origin === SLACK || isAllowed(url, allowed);
}

/** Checks the address at every attempt, because the operator's settings may have changed since it was configured. */
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

/** `text` is what a phone shows: it contains no text of others. */
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
      ...(reason ? [section(`Reason, as written:\n${reason}`)] : []),
      ...(notification.link ? [button(notification.link)] : []),
    ],
  };
}

const section = (text: string) => ({
  type: 'section',
  text: { type: 'plain_text', text: cut(text, TEXT_MAX), emoji: false },
});

/** Never splits a character. */
const cut = (text: string, most: number) =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Opens the card. It decides nothing. */
const button = (url: string) => ({
  type: 'actions',
  elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open the card' }, url }],
});
