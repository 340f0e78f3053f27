/** The sender of each kind of receiver. */

import type { CheckTarget, Senders } from '../ports/index.js';
import type { Egress } from './egress.js';
import type { Mailer } from './email.js';
import { createSlackWebhookSender, isSlackTarget, SLACK } from './slack-webhook.js';
import { createWebhookSender } from './webhook.js';

/** Without a mailer no e-mail is sent. */
export function createSenders(
  egress: Egress,
  mailer: Mailer | undefined,
  allowed: readonly string[],
): Senders {
  return {
    email: mailer?.sender,
    slack: createSlackWebhookSender(egress, allowed),
    webhook: createWebhookSender(egress),
  };
}

/** For the person who configures an address. Each post resolves and checks its host name again. */
export function createCheckTarget(egress: Egress, allowed: readonly string[]): CheckTarget {
  return (kind, url) => {
    const field = kind === 'slack' ? 'slack.webhookUrl' : 'webhook.url';
    const problem = egress.check(url);
    if (problem) return `${field}: ${problem}.`;
    return kind === 'slack' && !isSlackTarget(url, allowed)
      ? `${field}: must begin with ${SLACK}/.`
      : undefined;
  };
}
