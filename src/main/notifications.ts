/** Introduces receivers to the house: the ways out to them, and the relays that tell them what the outbox holds. */

import type { Config } from '../config.js';
import type { Log } from '../domain/ports.js';
import { createEgress } from '../notify/egress.js';
import { createMailer } from '../notify/email.js';
import { createReceiverRelays } from '../notify/receiver-relay.js';
import type { Relay } from '../notify/relay.js';
import { createCheckTarget, createTellers } from '../notify/tellers.js';
import type { Disposal } from './disposal.js';
import type { House } from './house.js';
import { traceDelivery } from './tracing.js';

/** How often the outbox is looked at when nothing says that something is due (ms). */
const LOOK_EVERY = 2_000;

/** To public addresses, to private ones that the configuration names, and to its mail server. */
export function openWaysOut({ mail, webhookAllow }: Config, disposal: Disposal) {
  const egress = createEgress({ allowed: webhookAllow });
  const mailer = mail && createMailer({ url: mail.url.reveal(), from: mail.from });
  if (mailer) disposal.add('mail', async () => mailer.close());
  return {
    tellers: createTellers(egress, mailer, webhookAllow),
    checkTarget: createCheckTarget(egress, webhookAllow),
  };
}

export function startReceiverRelays({ outbox, useCases, tracing }: House, logger: Log): Relay {
  const relays = createReceiverRelays({
    outbox,
    tell: ({ receiver, version, notification }, signal) =>
      traceDelivery(tracing, receiver, notification.approval, () =>
        useCases.tellReceiver(receiver, version, notification, signal),
      ),
    logger,
    intervalMs: LOOK_EVERY,
  });
  relays.start();
  return relays;
}
