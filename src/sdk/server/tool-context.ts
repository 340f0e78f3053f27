/** Builds the `ToolCall` of an MCP request: its cancellation signal and progress reporting. */

import type { ServerContext } from '@modelcontextprotocol/server';
import type { ToolCall } from '../tool-call.js';

const SECOND = 1000;

/** Progress counts the seconds since the call began. Sends nothing if the client did not request progress, and ignores a client that has disconnected. */
export function toolContextOf({ _meta, notify, signal }: ServerContext['mcpReq']): ToolCall {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return { signal, progress: () => {} };
  const began = performance.now();
  let last = -1;
  return {
    signal,
    progress(message) {
      const progress = (performance.now() - began) / SECOND;
      // The protocol requires that progress increases with every notification, and that none follows the answer.
      if (progress <= last || signal.aborted) return;
      last = progress;
      const params = { progressToken, progress, message };
      notify({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}
