/** Receivers that drop connections, refuse, hang, forget and go away: each gets every notification in order, whichever process is killed. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/domain/audit-event.js';
import { createEgress } from '../../src/notify/egress.js';
import { createOutboxWorker, type OutboxWorker } from '../../src/notify/outbox-worker.js';
import { createReceiverWorkers } from '../../src/notify/receiver-workers.js';
import { createSenders } from '../../src/notify/senders.js';
import type { NotificationOutbox } from '../../src/ports/index.js';
import type { DatabaseConnection } from '../../src/store/database.js';
import { sqlOn } from '../../src/store/sql.js';
import { builtProgram } from '../support/built.js';
import { type Heard, type Manners, type Receiver, startReceiver } from '../support/receiver.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';

const QUICK = {
  intervalMs: 20,
  schedule: { waits: [0, 5, 5, 5, 5, 5, 5, 5], jitter: { from: 0.8, to: 1.2 } },
  pauseMs: () => 5,
} as const;

let services: Services;
let receiver: Receiver;
let workers: OutboxWorker[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
  const egress = createEgress({ allowed: [receiver.url], timeoutMs: 250 });
  services = await buildServices({ senders: createSenders(egress, undefined, []) });
  await configure({ webhook: { url: receiver.url, events: ['*'] } });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
  await receiver.close();
  await services.close();
});

type Change = Parameters<Services['useCases']['configureReceivers']['change']>[1];
const configure = async (change: Change) =>
  unwrap(await services.useCases.configureReceivers.change(services.admin, change));

const STEPS = [
  'approval_requested',
  'approval_decided',
  'access_granted',
  'access_revoked',
] as const;

/** So many requests with four events each, interleaved: the first of all, the second of all… */
async function happen(requests: number): Promise<number> {
  const actor = { kind: 'system', id: 'test', name: 'test' } as const;
  const ids = Array.from({ length: requests }, () => services.makeId('appr'));
  for (const type of STEPS)
    for (let at = 0; at < ids.length; at += 500)
      await services.store.transaction(async (tx) => {
        for (const approval of ids.slice(at, at + 500))
          tx.record({ type, actor, approval } satisfies AuditEvent);
      });
  return requests * STEPS.length;
}

function startWorkers(
  notificationOutbox: NotificationOutbox = services.notificationOutbox,
): OutboxWorker {
  const started = createReceiverWorkers({
    ...QUICK,
    notificationOutbox,
    send: ({ receiver: kind, version, notification }, signal) =>
      services.useCases.notifyReceiver(kind, version, notification, signal),
    logger: { warn: () => {} },
  });
  started.start();
  workers.push(started);
  return started;
}

const left = async (state = 'waiting') =>
  (
    await sqlOn(services.database.dataSource)('select 1 from notification where state = $1', [
      state,
    ])
  ).length;

/** Of each approval, the numbers of what was taken first, in the order in which it was taken. */
function outOfOrder(taken: readonly Heard[]): readonly string[] {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  return taken.flatMap(({ id, data: { approval = '', sequence } }) => {
    if (seen.has(id)) return [];
    seen.add(id);
    const before = last.get(approval) ?? 0;
    last.set(approval, sequence);
    return before < sequence ? [] : [`${approval}: ${before} then ${sequence}`];
  });
}

/** Every eleventh is dropped, refused, hung, or taken and dropped, once or twice; every body is the same at every try. */
const BAD: Manners = ({ data: { sequence } }, before) => {
  if (sequence % 11 !== 0 || before > 1) return 204;
  const manners = ['drop', 500, 'drop-after', 503, 429, 302, 404] as const;
  return sequence % 1001 === 0 ? 'hang' : (manners[sequence % manners.length] ?? 500);
};

describe('10,000 events to a receiver that drops connections, answers 500, hangs, forgets and restarts', () => {
  test('arrive at least once each, with their own ids, those of one approval in order', async () => {
    receiver.behave(BAD);
    const events = await happen(2500);
    // As two processes would.
    startWorkers();
    startWorkers();
    await until('nothing to be left', async () => (await left()) === 0, 240_000);
    expect(await left('dead')).toBe(0);
    const ids = new Set(receiver.taken.map(({ id }) => id));
    expect(ids.size).toBe(events);
    expect(outOfOrder(receiver.taken)).toEqual([]);
    const bodies = new Set(receiver.taken.map(({ id, body }) => `${id} ${body}`));
    expect(bodies.size).toBe(events);
  }, 300_000);
});

describe('these checks would detect', () => {
  test('a lease that ignores the order', async () => {
    const unordered: NotificationOutbox = {
      ...services.notificationOutbox,
      async lease(kind, limit, leaseMs) {
        const sql = sqlOn(services.database.dataSource);
        // What the order rule looks at is taken away, and put back.
        await sql('update notification set thread = id where thread is not null');
        return services.notificationOutbox.lease(kind, limit, leaseMs);
      },
    };
    receiver.behave(({ type }, before) =>
      type === 'approval_requested' && before < 2 ? 500 : 204,
    );
    await sqlOn(services.database.dataSource)(
      `create table was as select id, thread from notification where false`,
    );
    await happen(20);
    const approvals = await sqlOn(services.database.dataSource)<{
      sequence: string;
      approval: string;
    }>(`select sequence, thread as approval from notification`);
    startWorkers(unordered);
    await until('nothing to be left', async () => (await left()) === 0);
    const of = new Map(approvals.map(({ sequence, approval }) => [Number(sequence), approval]));
    const taken = receiver.taken.map((one) => ({
      ...one,
      data: { ...one.data, approval: of.get(one.data.sequence) ?? '' },
    }));
    expect(outOfOrder(taken)).not.toEqual([]);
  });

  test('a worker that records a delivery before it sends', async () => {
    receiver.behave((_, before) => (before === 0 ? 500 : 204));
    const events = await happen(5);
    startWorkers({
      ...services.notificationOutbox,
      async lease(kind, limit, leaseMs) {
        const leased = await services.notificationOutbox.lease(kind, limit, leaseMs);
        await services.notificationOutbox.sent(kind, ...leased);
        return leased;
      },
    });
    await until('nothing to be left', async () => (await left()) === 0);
    await Promise.all(workers.map((one) => one.stop()));
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBeLessThan(events);
  });
});

function urlOf(connection: DatabaseConnection): string {
  if ('url' in connection) return connection.url;
  const { host, port, user, database } = connection;
  return `postgresql://${user}@${encodeURIComponent(host)}:${port}/${database}`;
}

function startSender(): ChildProcess {
  const { masterKeyText, installation } = services;
  const args = [urlOf(services.database.connection), masterKeyText, installation, receiver.url];
  const [node, sender] = builtProgram('test/fault/children/sender.ts');
  return spawn(node, [sender, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('no notification is lost when the sending process is killed 50 times', async () => {
  receiver.behave(({ data: { sequence } }, before) =>
    sequence % 7 === 0 && before === 0 ? 'drop-after' : 204,
  );
  const events = await happen(250);
  // The next one is up before this one is killed, so that starting does not take most of the time.
  let next = startSender();
  for (let kills = 0; kills < 50; kills += 1) {
    const child = next;
    if (child.stdout) await once(child.stdout, 'data');
    next = startSender();
    const before = receiver.taken.length;
    await until(
      'another notification',
      async () => receiver.taken.length > before || (await left()) === 0,
    );
    child.kill('SIGKILL');
  }
  await until('nothing to be left', async () => (await left()) === 0, 60_000);
  next.kill('SIGKILL');
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(events);
  expect(await left('dead')).toBe(0);
}, 300_000);

test('a process that stops leaves nothing leased, so that another sends the rest at once', async () => {
  const events = await happen(50);
  receiver.behave((_, before) => (before === 0 && receiver.taken.length > 20 ? 'hang' : 204));
  const stopped = startWorkers();
  await until('some to be sent', () => receiver.taken.length > 20);
  await stopped.stop();
  const sql = sqlOn(services.database.dataSource);
  expect(await sql('select id from notification where leased_until is not null')).toEqual([]);
  receiver.behave(() => 204);
  startWorkers();
  await until('nothing to be left', async () => (await left()) === 0, 5_000);
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(events);
});

test('a process that is killed while it sends uses up no attempt', async () => {
  await happen(1);
  for (let killed = 0; killed < 20; killed += 1)
    await until('it to be leased again', async () => {
      const [leased] = await services.notificationOutbox.lease('webhook', 1, 1);
      if (leased) expect(leased.attempts).toBe(1);
      return leased !== undefined;
    });
  receiver.behave((_, before) => (before === 0 ? 500 : 204));
  startWorkers();
  await until('all of it', async () => (await left()) === 0);
  expect(await left('dead')).toBe(0);
});

test('a receiver that hangs slows down neither decisions, nor Slack, nor another receiver', async () => {
  const other = await startReceiver();
  const egress = createEgress({ allowed: [other.url, receiver.url], timeoutMs: 60_000 });
  const { slack, webhook } = createSenders(egress, undefined, []);
  await services.close();
  services = await buildServices({
    // The second webhook takes the place of Slack's.
    senders: {
      email: undefined,
      slack: ({ webhookUrl }) => (webhook ?? noSender)({ url: webhookUrl, secrets: [] }),
      webhook,
    },
  });
  expect(slack).toBeDefined();
  receiver.behave(() => 'hang');
  await configure({ webhook: { url: receiver.url }, slack: { webhookUrl: other.url } });
  startWorkers();
  const cards = new Set<string>();
  const slackWorker = createOutboxWorker({
    outbox: services.slackOutbox,
    destination: 'slack_card',
    deliver: async ({ subject }) => {
      cards.add(subject);
      return { outcome: 'sent' };
    },
    logger: { warn: () => {} },
    intervalMs: 20,
    limit: 8,
  });
  slackWorker.start();
  workers.push(slackWorker);
  await services.policy();
  const { caller } = await services.agent();
  const decider = await services.decider('alice@example.com');
  for (let count = 0; count < 20; count += 1) {
    const { id } = await services.ask(caller, { renew: true, duration: 60_000 * (count + 1) });
    unwrap(
      await services.useCases.decide(decider, { approval: id, verdict: 'deny', reason: 'no' }),
    );
  }
  await until('the other to hear of them', () => other.taken.length >= 40);
  await until('Slack to have the cards', () => cards.size === 20);
  expect(receiver.taken).toEqual([]);
  await receiver.close();
  await other.close();
});

const noSender = () => async () => ({ outcome: 'sent' }) as const;

test('a receiver that is gone is switched off, the others are notified, and its notifications can be replayed', async () => {
  receiver.behave(() => 410);
  await happen(1);
  startWorkers();
  await until('it to be off', async () => {
    const [one] = await services.store.receivers.list();
    return one?.enabled === false;
  });
  const [off] = await services.store.receivers.list();
  expect(off?.disabledBecause).toBe('http_410');
  expect(await left('dead')).toBe(4);
  const events = (await services.store.audit.list({ type: 'receiver_disabled' }, { limit: 5 }))
    .items;
  expect(events).toMatchObject([{ details: { receiver: 'webhook', because: 'http_410' } }]);

  receiver.behave(() => 204);
  await configure({ webhook: { enabled: true } });
  const all = { receiver: 'webhook', state: 'dead' } as const;
  unwrap(await services.useCases.reviewDeliveries.replay(services.admin, all));
  await until('all of it', async () => (await left()) === 0);
  expect(outOfOrder(receiver.taken)).toEqual([]);
});

test('a notification that fails eight times is dead, and delays only those of its own approval', async () => {
  await happen(3);
  const [first] = await sqlOn(services.database.dataSource)<{ event_id: string; thread: string }>(
    'select event_id, thread from notification order by sequence limit 1',
  );
  receiver.behave(({ id }) => (id === first?.event_id ? 500 : 204));
  startWorkers();
  await until('the rest', () => receiver.taken.length === 11);
  expect(receiver.heard.get(first?.event_id ?? '')).toBe(8);
  expect(await left('dead')).toBe(1);
});

test('a receiver that nothing has reached for five days is switched off, and one that answers in between is not', async () => {
  const sql = sqlOn(services.database.dataSource);
  const failing = () =>
    sql(`update receiver set failing_since = clock_timestamp() - interval '5 days'`);
  receiver.behave((_, before) => (before === 0 ? 500 : 204));
  await happen(1);
  startWorkers();
  await until('all of it', async () => (await left()) === 0);
  expect((await sql('select 1 from receiver where failing_since is null')).length).toBe(1);

  receiver.behave(() => 500);
  await failing();
  await happen(1);
  workers[0]?.poke();
  await until('it to be off', async () => !(await services.store.receivers.list())[0]?.enabled);
});
