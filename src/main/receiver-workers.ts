/** Starts the workers that send the rows of the notification outbox, one worker for each receiver. */

import type { OutboxWorker } from '../notify/outbox-worker.js';
import { createReceiverWorkers } from '../notify/receiver-workers.js';
import type { Log } from '../ports/index.js';
import type { Services } from './services.js';
import { traceDelivery } from './tracing.js';

/** How often the outbox is polled, in case a wake-up is missed (ms). */
const POLL_EVERY = 2_000;

export function startReceiverWorkers(
  { notificationOutbox, useCases, tracing }: Services,
  logger: Log,
): OutboxWorker {
  const workers = createReceiverWorkers({
    notificationOutbox,
    send: ({ receiver, version, notification }, signal) =>
      traceDelivery(tracing, receiver, notification.approval, () =>
        useCases.notifyReceiver(receiver, version, notification, signal),
      ),
    logger,
    intervalMs: POLL_EVERY,
  });
  workers.start();
  return workers;
}
