/** Notifications sent to a webhook from the outbox, against a bare loop of HTTP POSTs to the same receiver. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '../src/notify/egress.js';
import { createReceiverWorkers } from '../src/notify/receiver-workers.js';
import { createSenders } from '../src/notify/senders.js';
import { createNotifyReceiver } from '../src/usecases/notifications/notify-receiver.js';
import { unwrap } from '../test/support/services.js';
import { quantile, turns } from './measure.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';
import { timed } from './wake-up.js';

/** Events sent in one turn. */
const EVENTS = 500;
const TURNS = 5;
/** Concurrent sends of one worker. */
const AT_ONCE = 8;

export async function benchNotifications(stage: Stage): Promise<void> {
  const sink = await openSink();
  const { configureReceivers } = stage.useCases;
  unwrap(await configureReceivers.change(stage.admin, { webhook: { url: sink.url } }));
  const taken = await turns(TURNS, {
    posts: () => timed(() => postAll(sink.url)),
    notifications: () => sendAll(stage, sink),
  });
  const perSecond = (ms: readonly number[]) => (EVENTS * 1_000) / quantile(ms, 0.5);
  const [floor, subject] = [perSecond(taken.posts), perSecond(taken.notifications)];
  title('notifications sent to a webhook, against bare POSTs (per second)');
  line('8 at once', floor, subject, subject / floor);
  unwrap(await configureReceivers.change(stage.admin, { webhook: { enabled: false } }));
  await sink.close();
}

type Sink = Awaited<ReturnType<typeof openSink>>;

/** Accepts and counts every POST. */
async function openSink() {
  let taken = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let full = () => {};
  const server = createServer(async (req, res) => {
    for await (const _ of req);
    res.writeHead(204).end();
    taken += 1;
    if (taken === wanted) full();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    /** Resolves when `count` more were received. */
    more: (count: number) =>
      new Promise<void>((resolve) => {
        full = resolve;
        wanted = taken + count;
      }),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** About as long as a notification. */
const BODY = JSON.stringify({ type: 'access_granted', data: 'x'.repeat(350) });

async function postAll(url: string): Promise<void> {
  let left = EVENTS;
  const loop = async () => {
    while (left-- > 0) {
      const answer = await fetch(url, { method: 'POST', body: BODY });
      if (answer.status !== 204) throw new Error('a bare POST was not taken');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
}

/** Milliseconds from the start of the relay until the last of them was taken. Each belongs to an approval of its own. */
async function sendAll(stage: Stage, sink: Sink): Promise<number> {
  const actor = { kind: 'system', id: 'bench', name: 'bench' } as const;
  await stage.store.transaction(async (tx) => {
    for (let count = 0; count < EVENTS; count += 1)
      tx.record({ type: 'access_granted', actor, approval: stage.makeId('appr') });
  });
  const workers = openWorkers(stage, sink);
  const taken = await timed(async () => {
    const all = sink.more(EVENTS);
    workers.start();
    await all;
  });
  await workers.stop();
  return taken;
}

function openWorkers(
  { store, vault, installation, stopwatch, notificationOutbox }: Stage,
  { url }: Sink,
) {
  const senders = createSenders(createEgress({ allowed: [url] }), undefined, [url]);
  const notifyReceiver = createNotifyReceiver({ store, vault, installation, stopwatch, senders });
  return createReceiverWorkers({
    notificationOutbox,
    send: ({ receiver, version, notification }, signal) =>
      notifyReceiver(receiver, version, notification, signal),
    logger: { warn: () => {} },
    intervalMs: 2_000,
  });
}
