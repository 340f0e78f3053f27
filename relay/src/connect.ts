/** A `fetch` that waits a moment for a server that is starting. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchLike } from '@modelcontextprotocol/client';
import { codeOf } from './fault.js';

/** Milliseconds between attempts, 3 s in total: long enough for a restart, short enough for a person at a terminal. */
const PAUSES = [100, 200, 400, 800, 1500];

/**
 * Like `fetch`, but retries while the connection is refused. A refused connection has carried no data. After any other
 * failure the server may have received the request, so the error is thrown at once.
 */
export const fetchWhenUp: FetchLike = async (url, init) => {
  for (const pause of PAUSES) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (codeOf(error) !== 'ECONNREFUSED') throw error;
    }
    await sleep(pause, undefined, init?.signal ? { signal: init.signal } : {});
  }
  return fetch(url, init);
};
