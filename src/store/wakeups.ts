/** LISTEN on a dedicated connection: wakes callers that wait for an approval in this process, and reports that deliveries are due. */

import type pg from 'pg';
import type { Wakeup, Wakeups } from '../ports/index.js';
import { CONNECT_TIMEOUT, DatabaseClient, prepareSession, STARTUP_TIMEOUTS } from './client.js';
import type { DatabaseConnection } from './database.js';
import { APPROVAL_CHANNEL, DELIVERY_CHANNEL } from './notify-channels.js';
import { answered } from './trouble.js';

export interface Listener extends Wakeups {
  /** Connects. It reconnects in the background when the connection breaks, and then wakes every waiter, because a NOTIFY may be lost. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly connected: boolean;
}

/** Milliseconds between attempts to connect again. */
const RECONNECT_EVERY = 500;

/** Milliseconds between two questions whether the connection still answers, and until an unanswered one counts as a no. */
const HEARTBEAT = { every: 5_000, timeout: 3_000 };

/** `onDelivery` is called when a transaction made a delivery due, and after every reconnect. `heartbeat`: milliseconds. */
export function createListener(
  connection: DatabaseConnection,
  onDelivery: () => void = () => {},
  heartbeat = HEARTBEAT,
): Listener {
  const waiting = new Map<string, Set<() => void>>();
  let client: DatabaseClient | undefined;
  let beat: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  const wake = (id: string) => {
    for (const call of [...(waiting.get(id) ?? [])]) call();
  };

  const connect = async () => {
    const next = new DatabaseClient(clientConfig(connection));
    next.on('notification', ({ channel, payload }) => {
      if (channel === APPROVAL_CHANNEL && payload) wake(payload);
      if (channel === DELIVERY_CHANNEL) onDelivery();
    });
    next.once('end', () => lost(next));
    try {
      await next.connect();
      await prepareSession(next);
      for (const channel of [APPROVAL_CHANNEL, DELIVERY_CHANNEL])
        await answered(next, () => next.query(`listen ${channel}`));
    } catch (error) {
      next.destroy();
      throw error;
    }
    // Stopped while it connected: this is the last chance to close it.
    if (stopped) await next.end();
    else {
      client = next;
      scheduleBeat(next);
    }
  };

  /** A connection that is silent for good looks like one without news. One that does not answer is destroyed, which ends it. */
  const scheduleBeat = (which: DatabaseClient) => {
    beat = setTimeout(async () => {
      const ask = () => which.query('select 1');
      await answered(which, ask, heartbeat).catch(() => which.destroy());
      if (client === which && !stopped) scheduleBeat(which);
    }, heartbeat.every).unref();
  };

  const lost = (which: DatabaseClient) => {
    if (client !== which || stopped) return;
    client = undefined;
    reconnect();
  };

  const reconnect = () => {
    retry = setTimeout(async () => {
      try {
        await connect();
        for (const id of waiting.keys()) wake(id);
        onDelivery();
      } catch {
        if (!stopped) reconnect();
      }
    }, RECONNECT_EVERY);
  };

  return {
    start: connect,
    get connected() {
      return client !== undefined;
    },

    async stop() {
      stopped = true;
      clearTimeout(retry);
      clearTimeout(beat);
      for (const id of waiting.keys()) wake(id);
      await client?.end().catch(() => {});
    },

    subscribe: (id) => createWakeup(waiting, id),
  };
}

/** Active from the start: a call between two waits ends the next wait at once. */
function createWakeup(waiting: Map<string, Set<() => void>>, id: string): Wakeup {
  let called = false;
  let awaken: (() => void) | undefined;
  const call = () => {
    called = true;
    awaken?.();
  };
  const calls = waiting.get(id) ?? new Set();
  waiting.set(id, calls.add(call));

  return {
    next: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, ms);
        function done() {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          called = false;
          awaken = undefined;
          resolve();
        }
        awaken = done;
        signal?.addEventListener('abort', done);
        if (called || signal?.aborted) done();
      }),

    close() {
      calls.delete(call);
      if (calls.size === 0 && waiting.get(id) === calls) waiting.delete(id);
    },
  };
}

function clientConfig(connection: DatabaseConnection): pg.ClientConfig {
  const address = 'url' in connection ? { connectionString: connection.url } : connection;
  return {
    ...address,
    ...STARTUP_TIMEOUTS,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
  };
}
