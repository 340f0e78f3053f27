/** Builds the senders of notifications. They reach public addresses, the private ones in VSECURE_WEBHOOK_ALLOW, and the mail server. */

import type { Config } from '../config.js';
import { createEgress } from '../notify/egress.js';
import { createCheckTarget, createSenders } from '../notify/senders.js';
import type { Disposal } from './disposal.js';

export async function openEgress({ mail, webhookAllow }: Config, disposal: Disposal) {
  const egress = createEgress({ allowed: webhookAllow });
  const mailer = mail && (await openMailer(mail));
  if (mailer) disposal.add('mail', async () => mailer.close());
  return {
    senders: createSenders(egress, mailer, webhookAllow),
    checkTarget: createCheckTarget(egress, webhookAllow),
  };
}

/** The library for mail is loaded only where there is a mail server. */
async function openMailer({ url, from }: NonNullable<Config['mail']>) {
  const { createMailer } = await import('../notify/email.js');
  return createMailer({ url: url.reveal(), from });
}
