/** A webhook as in Standard Webhooks: `{type, timestamp, data}`, signed. https://www.standardwebhooks.com */

import { Webhook } from 'standardwebhooks';
import { NOTIFICATION_SCHEMA, type Notification } from '../domain/notification.js';
import type { Send, WebhookSettings } from '../ports/index.js';
import type { Egress } from './egress.js';
import { sendByPost } from './post.js';

/** Every secret signs, so that a receiver with the previous secret accepts it too. */
export function createWebhookSender(egress: Egress): (settings: WebhookSettings) => Send {
  return ({ url, secrets }) => {
    const signers = secrets.map((secret) => new Webhook(secret));
    return (notification, signal) => {
      const body = webhookBody(notification);
      const now = new Date();
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'vsecure',
        'webhook-id': notification.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signers.map((one) => one.sign(notification.id, now, body)).join(' '),
      };
      return sendByPost(egress, url, { headers, body, signal });
    };
  };
}

/** The same bytes at every attempt. */
export function webhookBody({ id: _, type, timestamp, ...rest }: Notification): string {
  return JSON.stringify({ type, timestamp, data: { schema: NOTIFICATION_SCHEMA, ...rest } });
}
