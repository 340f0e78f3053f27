/** Progress notifications of a call, for clients that ask for them. They keep clients and proxies from timing out. */

import type { ServerContext } from '@modelcontextprotocol/server';
import { SECOND } from '../domain/limits.js';

/** `done` and `total` are in seconds. The message names no person. */
export type Progress = (done: number, total: number, message: string) => Promise<void>;

/** Undefined when the client did not ask for progress. A notification that cannot be sent is ignored: the client has disconnected. */
export function createProgress({
  _meta,
  notify,
}: Pick<ServerContext['mcpReq'], '_meta' | 'notify'>): Progress | undefined {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let last = -1;
  return async (progress, total, message) => {
    // The protocol requires progress to increase with every notification.
    if (progress <= last) return;
    last = progress;
    const params = { progressToken, progress, total, message };
    await notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

/** Reports how long a call has waited. `waitingFor` must not name a person. `total` is in seconds. */
export const reportWaiting =
  (progress: Progress, total: number, waitingFor: string) => (waitedMs: number) => {
    const seconds = Math.floor(waitedMs / SECOND);
    return progress(seconds, total, `waiting for ${waitingFor}, ${seconds} s so far`);
  };
