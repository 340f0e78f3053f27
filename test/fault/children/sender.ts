/** A process that sends notifications from the outbox until it is killed. `sender.ts <database url> <master key> <installation> <allowed>` */

import { chainHash } from '../../../src/crypto/chain-hash.js';
import { createVault } from '../../../src/crypto/envelope.js';
import { makeId } from '../../../src/crypto/ids.js';
import { parseMasterKey } from '../../../src/crypto/master-key.js';
import { createEgress } from '../../../src/notify/egress.js';
import { createReceiverWorkers } from '../../../src/notify/receiver-workers.js';
import { createSenders } from '../../../src/notify/senders.js';
import { openDatabase } from '../../../src/store/database.js';
import { createNotificationOutbox } from '../../../src/store/notification-outbox.js';
import { createStore } from '../../../src/store/store.js';
import { createNotifyReceiver } from '../../../src/usecases/notifications/notify-receiver.js';

const [url = '', key = '', installation = '', allowed = ''] = process.argv.slice(2);
const dataSource = await openDatabase({ url });
const notifyReceiver = createNotifyReceiver({
  store: createStore(dataSource, { chain: chainHash, makeId }),
  vault: createVault(parseMasterKey(key, 'the key of the test')),
  installation,
  senders: createSenders(createEgress({ allowed: [allowed] }), undefined, [allowed]),
  stopwatch: () => performance.now(),
});
createReceiverWorkers({
  notificationOutbox: createNotificationOutbox(dataSource),
  send: ({ receiver, version, notification }, signal) =>
    notifyReceiver(receiver, version, notification, signal),
  logger: { warn: () => {} },
  intervalMs: 20,
  // A test waits until the lease of the killed process ends.
  leaseMs: 400,
  schedule: { waits: [0, 20, 20, 20, 20, 20, 20, 20], jitter: { from: 0.8, to: 1.2 } },
  pauseMs: () => 20,
}).start();
process.stdout.write('sending\n');
