/** How each kind of receiver is told. */

import type { CheckTarget, Tellers } from '../ports/index.js';
import type { Egress } from './egress.js';
import type { Mailer } from './email.js';
import { createSlackWebhookTeller, isSlackTarget, SLACK } from './slack-webhook.js';
import { createWebhookTeller } from './webhook.js';

/** Without a mailer nobody is told by e-mail. */
export function createTellers(
  egress: Egress,
  mailer: Mailer | undefined,
  allowed: readonly string[],
): Tellers {
  return {
    email: mailer?.teller,
    slack: createSlackWebhookTeller(egress, allowed),
    webhook: createWebhookTeller(egress),
  };
}

/** For whoever writes an address down; where its name leads is looked at anew whenever it is posted to. */
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
