/** Starts the workers that send what the notification outbox holds, one for each receiver. */

import type { Relay } from '../notify/outbox-worker.js';
import { createReceiverRelays } from '../notify/receiver-workers.js';
import type { Log } from '../ports/index.js';
import type { House } from './services.js';
import { traceDelivery } from './tracing.js';

/** How often the outbox is looked at when nothing says that something is due (ms). */
const LOOK_EVERY = 2_000;

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
