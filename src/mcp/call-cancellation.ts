/**
 * A call that a client takes back without closing its connection, as protocol 2025-11-25 has it: `notifications/cancelled` comes
 * in a request of its own, and names the call by the number that the client gave it.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation
 */

import { z } from 'zod';
import type { RequestContext } from './tool.js';

/** Serves one message. Its guest leaves early when the call is taken back meanwhile. */
export type Serve = (message: unknown, requestContext: RequestContext, work: Work) => Promise<void>;
type Work = (requestContext: RequestContext) => Promise<void>;

const id = z.union([z.string(), z.number()]);
const call = z.object({ id, method: z.literal('tools/call') });
const notification = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: id }),
});

/** Calls are told apart by key and number. Where two clients of one key gave the same number, neither call is taken back. */
export function createTakingBack(): Serve {
  const open = new Map<string, Set<AbortController>>();
  const placeOf = ({ caller }: RequestContext, number: string | number) =>
    JSON.stringify([caller.key.id, number]);

  function takeBack(place: string): void {
    const [one, another] = open.get(place) ?? [];
    if (!another) one?.abort();
  }

  async function serveCall(
    place: string,
    requestContext: RequestContext,
    work: Work,
  ): Promise<void> {
    const taken = new AbortController();
    const calls = open.get(place) ?? new Set();
    open.set(place, calls.add(taken));
    try {
      await work({
        ...requestContext,
        leaving: AbortSignal.any([requestContext.leaving, taken.signal]),
      });
    } finally {
      calls.delete(taken);
      if (calls.size === 0) open.delete(place);
    }
  }

  return async (message, requestContext, work) => {
    const cancelled = notification.safeParse(message).data;
    if (cancelled) takeBack(placeOf(requestContext, cancelled.params.requestId));
    const called = call.safeParse(message).data;
    return called
      ? serveCall(placeOf(requestContext, called.id), requestContext, work)
      : work(requestContext);
  };
}
