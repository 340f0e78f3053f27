/** `fetch` that waits a moment for a server that is just starting. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchLike } from '@modelcontextprotocol/client';
import { codeOf } from './fault.js';

/** Milliseconds between attempts, 3 s together: a restart is bridged, and a person at a terminal still gets an answer soon. */
const PAUSES = [100, 200, 400, 800, 1500];

/**
 * Like `fetch`, but tries again while the connection is refused. A refused connection has carried nothing;
 * after any other failure the server may have the request, so it is thrown at once.
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
