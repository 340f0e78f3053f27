/**
 * The stream that a client of protocol 2025-11-25 or older opens with a GET: what its session wants to be told of, and nothing else.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */

import type { Response } from 'express';
import { SECOND, SESSION_STREAMS_PER_KEY, STREAM_MAX } from '../domain/limits.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import { approvalUri } from './resources/approvals.js';
import type { Session } from './session.js';
import { createPlaces } from './slots.js';
import type { RequestContext } from './tool.js';

/**
 * Answers what a client does with its session beside sending messages: a GET streams, a DELETE forgets. False for everything else, and
 * when the key has no stream left: a client that is told that there is none goes on without.
 */
export type ServeSession = (
  method: string,
  res: Response,
  requestContext: RequestContext,
) => Promise<boolean>;

/** Milliseconds. Proxies take a silent connection for a dead one. */
const SIGN_OF_LIFE = 15 * SECOND;

/** `lasting`: milliseconds after which a stream is ended; the client opens another. */
export function createServeSession(
  subscriptions: ManageSubscriptions,
  lasting = STREAM_MAX,
): ServeSession {
  const places = createPlaces(SESSION_STREAMS_PER_KEY);

  async function stream(
    res: Response,
    { caller, leaving }: RequestContext,
    { id }: Session,
  ): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    res.once('close', end);
    const timer = setTimeout(end, lasting);
    const life = setInterval(() => res.write(': still here\n\n'), SIGN_OF_LIFE);
    try {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      res.flushHeaders();
      await subscriptions.follow(caller, id, {
        onChange: (approval) => res.write(updated(approvalUri(approval))),
        signal: AbortSignal.any([leaving, over.signal]),
      });
    } finally {
      clearTimeout(timer);
      clearInterval(life);
      res.end();
    }
  }

  return async (method, res, requestContext) => {
    const { caller, session } = requestContext;
    if (!session) return false;
    if (method === 'DELETE') {
      await subscriptions.remove(caller, session.id);
      res.status(204).end();
      return true;
    }
    const leave = method === 'GET' ? places.take(caller.key.id) : undefined;
    if (!leave) return false;
    await stream(res, requestContext, session).finally(leave);
    return true;
  };
}

function updated(uri: string): string {
  const message = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } };
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
