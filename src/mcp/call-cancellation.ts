/**
 * Cancels a call whose connection stays open, as protocol 2025-11-25 does: the client sends `notifications/cancelled` in a separate
 * HTTP request and names the call by its JSON-RPC id.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation
 */

import { z } from 'zod';
import type { RequestContext } from './tool.js';

/** Runs `work` for one message. The stop signal that `work` gets also aborts when the client cancels the call. */
export type RunCancellable = (
  message: unknown,
  requestContext: RequestContext,
  work: Work,
) => Promise<void>;
type Work = (requestContext: RequestContext) => Promise<void>;

const requestId = z.union([z.string(), z.number()]);
const toolCall = z.object({ id: requestId, method: z.literal('tools/call') });
const cancellation = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId }),
});

/** A call is identified by API key and request id. If two open calls of one key share an id, neither is cancelled. */
export function createCallCancellation(): RunCancellable {
  const openCalls = new Map<string, Set<AbortController>>();
  const callIdOf = ({ caller }: RequestContext, id: string | number) =>
    JSON.stringify([caller.key.id, id]);

  function cancel(callId: string): void {
    const [call, otherCall] = openCalls.get(callId) ?? [];
    if (!otherCall) call?.abort();
  }

  async function runCall(
    callId: string,
    requestContext: RequestContext,
    work: Work,
  ): Promise<void> {
    const cancelled = new AbortController();
    const calls = openCalls.get(callId) ?? new Set();
    openCalls.set(callId, calls.add(cancelled));
    try {
      await work({
        ...requestContext,
        stopSignal: AbortSignal.any([requestContext.stopSignal, cancelled.signal]),
      });
    } finally {
      calls.delete(cancelled);
      if (calls.size === 0) openCalls.delete(callId);
    }
  }

  return async (message, requestContext, work) => {
    const cancelled = cancellation.safeParse(message).data;
    if (cancelled) cancel(callIdOf(requestContext, cancelled.params.requestId));
    const call = toolCall.safeParse(message).data;
    return call
      ? runCall(callIdOf(requestContext, call.id), requestContext, work)
      : work(requestContext);
  };
}
