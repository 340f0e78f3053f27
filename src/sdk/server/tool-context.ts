/** One call of a tool: its signal, and its progress towards whoever called. */

import type { ServerContext } from '@modelcontextprotocol/server';
import type { ToolCall } from '../tool-call.js';

const SECOND = 1000;

/** Progress counts the seconds since now. A client that did not ask for any gets none; one that is gone misses it. */
export function toolContextOf({ _meta, notify, signal }: ServerContext['mcpReq']): ToolCall {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return { signal, progress: () => {} };
  const began = performance.now();
  let last = -1;
  return {
    signal,
    progress(message) {
      const progress = (performance.now() - began) / SECOND;
      // The protocol wants it to grow with every notification, and none after the answer.
      if (progress <= last || signal.aborted) return;
      last = progress;
      const params = { progressToken, progress, message };
      notify({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}
