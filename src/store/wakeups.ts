/** LISTEN on a dedicated connection: wakes callers that wait for an approval in this process, and reports that deliveries are due. */

import type pg from 'pg';
import type { Wakeup, Wakeups } from '../ports/index.js';
import { DatabaseClient, prepareSession, STARTUP_TIMEOUTS } from './client.js';
import type { DatabaseConnection } from './database.js';
import { APPROVAL_CHANNEL, DELIVERY_CHANNEL } from './notify-channels.js';

export interface Listener extends Wakeups {
  /** Connects. It reconnects in the background when the connection breaks, and then wakes every waiter, because a NOTIFY may be lost. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly connected: boolean;
}

/** Milliseconds between attempts to connect again. */
const RECONNECT_EVERY = 500;

/** `onDelivery` is called when a transaction made a delivery due, and after every reconnect. */
export function createListener(
  connection: DatabaseConnection,
  onDelivery: () => void = () => {},
): Listener {
  const waiting = new Map<string, Set<() => void>>();
  let client: pg.Client | undefined;
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
      await next.query(`listen ${APPROVAL_CHANNEL}`);
      await next.query(`listen ${DELIVERY_CHANNEL}`);
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    // Stopped while it connected: this is the last chance to close it.
    if (stopped) await next.end();
    else client = next;
  };

  const lost = (which: pg.Client) => {
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
  return { ...address, ...STARTUP_TIMEOUTS, keepAlive: true };
}
