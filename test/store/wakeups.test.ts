/** Waiters wake when another connection says so, when the connection breaks, and at the latest when their time is over. */

import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wakeup } from '../../src/ports/index.js';
import { createListener, type Listener } from '../../src/store/wakeups.js';
import { buildServices, type Services } from '../support/services.js';

const ID = 'appr_1';
/** Far longer than any test may take: whoever resolves before was woken. */
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

/** Whether the waiter has resolved by the time that a later call has reached another waiter of the same listener. */
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
  test('is woken by another connection, when it commits', async () => {
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

  test('does not miss a call between subscribing and waiting, and has it once', async () => {
    const [early, late] = [services.listener.subscribe(ID), services.listener.subscribe(ID)];
    const heard = early.next(LONG);
    await wake();
    await heard;
    await late.next(LONG);
    expect(await wokenBy(late, async () => {})).toBe(false);
  });

  test('wakes by itself when its time is over', async () => {
    await services.listener.subscribe(ID).next(5);
  });

  test('wakes when it is told to stop waiting, before or meanwhile, and lets go of the signal', async () => {
    const controller = new AbortController();
    const wakeup = services.listener.subscribe(ID);
    const waiting = wakeup.next(LONG, controller.signal);
    controller.abort();
    await waiting;
    await wakeup.next(LONG, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('hears nothing after it was closed, and takes nobody else along', async () => {
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
  test('wakes everybody, because a call may have been missed, and is mended', async () => {
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

  test('is mended again and again', async () => {
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

  test('does not end the process, and says that it is not connected', async () => {
    expect(services.listener.connected).toBe(true);
    await breakConnection();
    await until(() => !services.listener.connected);
  });
});

test('a delivery that became due is told of when it is committed', async () => {
  await services.policy();
  const { caller } = await services.agent();
  await services.ask(caller);
  await until(() => deliveries > 0);
});

describe('stopping', () => {
  const noneLeft = () => until(async () => (await sql(`select 1 ${LISTENING}`)).length === 0);

  test('wakes whoever waits and leaves no connection', async () => {
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

  test('while the connection is broken leaves nobody trying', async () => {
    await breakConnection();
    await until(() => !services.listener.connected);
    await services.listener.stop();
    await noneLeft();
    expect(services.listener.connected).toBe(false);
  });
});

test('a listener that cannot connect says so at the start', async () => {
  const nowhere = { ...services.database.connection, database: 'no_such_database' };
  await expect(createListener(nowhere).start()).rejects.toThrow('does not exist');
});
