/** Progress of a call, for clients that asked for it: it keeps their time limits and proxies from giving up. */

import type { ServerContext } from '@modelcontextprotocol/server';
import { SECOND } from '../domain/limits.js';

/** `done` and `total` are in seconds. The text is general: it names nobody. */
export type Progress = (done: number, total: number, message: string) => Promise<void>;

/** Undefined when the client did not ask. A client that is gone by now is no fault of ours. */
export function createProgress({
  _meta,
  notify,
}: Pick<ServerContext['mcpReq'], '_meta' | 'notify'>): Progress | undefined {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let last = -1;
  return async (progress, total, message) => {
    // The protocol wants it to grow with every notification.
    if (progress <= last) return;
    last = progress;
    const params = { progressToken, progress, total, message };
    await notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

/** Tells how long it has been waited, for somebody who is named in general terms. `total` is in seconds. */
export const tellWaiting =
  (progress: Progress, total: number, whom: string) => (waitedMs: number) => {
    const seconds = Math.floor(waitedMs / SECOND);
    return progress(seconds, total, `waiting for ${whom}, ${seconds} s so far`);
  };
