/** Waiters wake on a NOTIFY from another connection, when the connection breaks, and at their timeout. */

import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wakeup } from '../../src/ports/index.js';
import { createListener, type Listener } from '../../src/store/wakeups.js';
import { buildServices, type Services } from '../support/services.js';

const ID = 'appr_1';
/** Far longer than any test may take: a waiter that resolves before was woken. */
const LONG = 3_600_000;

let services: Services;
let deliveries: number;
beforeEach(async () => {
  deliveries = 0;
  services = await buildServices({
    onDelivery: () => {
      deliveries += 1;
    },
  });
});
afterEach(() => services.close());

const wake = (id: `appr_${string}` = ID) => services.store.transaction((tx) => tx.wake(id));
const sql = (text: string) => services.database.dataSource.query(text);
const LISTENING = `from pg_stat_activity where datname = current_database() and query like 'listen %'`;
const breakConnection = () => sql(`select pg_terminate_backend(pid) ${LISTENING}`);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether the waiter has resolved when a later NOTIFY has reached another waiter of the same listener. */
async function wokenBy(wakeup: Wakeup, act: () => Promise<unknown>): Promise<boolean> {
  let woken = false;
  const waiting = wakeup.next(LONG).then(() => {
    woken = true;
  });
  await act();
  const marker = services.listener.subscribe('appr_marker');
  await Promise.all([marker.next(LONG), wake('appr_marker')]);
  marker.close();
  await Promise.race([waiting, Promise.resolve()]);
  return woken;
}

describe('a waiter', () => {
  test('is woken when another connection commits', async () => {
    const wakeup = services.listener.subscribe(ID);
    const waiting = wakeup.next(LONG);
    await wake();
    await waiting;
  });

  test('is not woken for another approval', async () => {
    const wakeup = services.listener.subscribe(ID);
    expect(await wokenBy(wakeup, () => wake('appr_2'))).toBe(false);
    expect(await wokenBy(wakeup, () => wake(ID))).toBe(true);
  });

  test('is not woken by a transaction that is rolled back', async () => {
    const wakeup = services.listener.subscribe(ID);
    const failed = async () =>
      services.store
        .transaction(async (tx) => {
          await tx.wake(ID);
          throw new Error('changed my mind');
        })
        .catch(() => {});
    expect(await wokenBy(wakeup, failed)).toBe(false);
  });

  test('does not miss a NOTIFY between subscribing and waiting, and gets it once', async () => {
    const [early, late] = [services.listener.subscribe(ID), services.listener.subscribe(ID)];
    const heard = early.next(LONG);
    await wake();
    await heard;
    await late.next(LONG);
    expect(await wokenBy(late, async () => {})).toBe(false);
  });

  test('wakes at its timeout', async () => {
    await services.listener.subscribe(ID).next(5);
  });

  test('wakes when its signal aborts, before or during the wait, and removes its listener', async () => {
    const controller = new AbortController();
    const wakeup = services.listener.subscribe(ID);
    const waiting = wakeup.next(LONG, controller.signal);
    controller.abort();
    await waiting;
    await wakeup.next(LONG, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('gets nothing after it was closed, and leaves other waiters alone', async () => {
    const [closed, open] = [services.listener.subscribe(ID), services.listener.subscribe(ID)];
    closed.close();
    expect(await wokenBy(closed, wake)).toBe(false);
    await open.next(LONG);
    open.close();
    const again = services.listener.subscribe(ID);
    open.close();
    closed.close();
    expect(await wokenBy(again, wake)).toBe(true);
  });

  test('is one of a hundred that all wake', async () => {
    const waiting = Array.from({ length: 100 }, () => services.listener.subscribe(ID).next(LONG));
    await wake();
    await Promise.all(waiting);
  });
});

describe('a connection that breaks', () => {
  test('wakes every waiter, because a NOTIFY may be lost, and is opened again', async () => {
    const waiting = ['appr_1', 'appr_2', 'appr_3'].map((id) =>
      services.listener.subscribe(id as typeof ID).next(LONG),
    );
    const before = deliveries;
    await breakConnection();
    await Promise.all(waiting);
    await until(() => services.listener.connected && deliveries > before);
    const wakeup = services.listener.subscribe(ID);
    expect(await wokenBy(wakeup, wake)).toBe(true);
  });

  test('is opened again each time', async () => {
    for (let times = 0; times < 3; times += 1) {
      const wakeup = services.listener.subscribe(ID);
      const waiting = wakeup.next(LONG);
      await breakConnection();
      await waiting;
      await until(() => services.listener.connected);
      wakeup.close();
    }
    expect(await sql(`select count(*)::int as n ${LISTENING}`)).toEqual([{ n: 1 }]);
  });

  test('does not end the process, and is reported as not connected', async () => {
    expect(services.listener.connected).toBe(true);
    await breakConnection();
    await until(() => !services.listener.connected);
  });
});

test('a new delivery is reported when its transaction commits', async () => {
  await services.policy();
  const { caller } = await services.agent();
  await services.ask(caller);
  await until(() => deliveries > 0);
});

describe('stopping', () => {
  const noneLeft = () => until(async () => (await sql(`select 1 ${LISTENING}`)).length === 0);

  test('wakes every waiter and leaves no connection', async () => {
    const waiting = services.listener.subscribe(ID).next(LONG);
    await services.listener.stop();
    await waiting;
    await noneLeft();
  });

  test('while it is connecting leaves no connection', async () => {
    await services.listener.stop();
    const listener: Listener = createListener(services.database.connection);
    const starting = listener.start();
    await listener.stop();
    await starting;
    expect(listener.connected).toBe(false);
    await noneLeft();
  });

  test('while the connection is broken ends the attempts to connect', async () => {
    await breakConnection();
    await until(() => !services.listener.connected);
    await services.listener.stop();
    await noneLeft();
    expect(services.listener.connected).toBe(false);
  });
});

test('a listener that cannot connect fails at the start', async () => {
  const nowhere = { ...services.database.connection, database: 'no_such_database' };
  await expect(createListener(nowhere).start()).rejects.toThrow('does not exist');
});
