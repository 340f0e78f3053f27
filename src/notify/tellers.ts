/** How each kind of receiver is told. */

import type { CheckTarget, Tellers } from '../domain/ports.js';
import type { Egress } from './egress.js';
import type { Mailer } from './email.js';
import { createSlackWebhookTeller } from './slack-webhook.js';
import { createWebhookTeller } from './webhook.js';

/** Without a mailer nobody is told by e-mail. */
export function createTellers(egress: Egress, mailer: Mailer | undefined): Tellers {
  return {
    email: mailer?.teller,
    slack: createSlackWebhookTeller(egress),
    webhook: createWebhookTeller(egress),
  };
}

const SLACK = 'https://hooks.slack.com';

/** For whoever writes an address down; where its name leads is looked at anew whenever it is posted to. */
export function createCheckTarget(egress: Egress, allowed: readonly string[]): CheckTarget {
  const isSlack = (url: string) =>
    new URL(url).origin === SLACK ||
    allowed.some((base) => new URL(url).origin === new URL(base).origin);
  return (kind, url) => {
    const field = kind === 'slack' ? 'slack.webhookUrl' : 'webhook.url';
    const problem = egress.check(url);
    if (problem) return `${field}: ${problem}.`;
    return kind === 'slack' && !isSlack(url) ? `${field}: must begin with ${SLACK}/.` : undefined;
  };
}
