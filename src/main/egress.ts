/** Builds the senders of notifications. They reach public addresses, the private ones in VSECURE_WEBHOOK_ALLOW, and the mail server. */

import type { Config } from '../config.js';
import { createEgress } from '../notify/egress.js';
import { createMailer } from '../notify/email.js';
import { createCheckTarget, createSenders } from '../notify/senders.js';
import type { Disposal } from './disposal.js';

export function openEgress({ mail, webhookAllow }: Config, disposal: Disposal) {
  const egress = createEgress({ allowed: webhookAllow });
  const mailer = mail && createMailer({ url: mail.url.reveal(), from: mail.from });
  if (mailer) disposal.add('mail', async () => mailer.close());
  return {
    senders: createSenders(egress, mailer, webhookAllow),
    checkTarget: createCheckTarget(egress, webhookAllow),
  };
}
