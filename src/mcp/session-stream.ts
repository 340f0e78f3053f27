/**
 * The stream that a client of protocol 2025-11-25 or older opens with a GET. It carries notifications about the resources that the
 * session has subscribed to, and nothing else.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */

import type { Response } from 'express';
import { SECOND, SESSION_STREAMS_PER_KEY, STREAM_MAX } from '../domain/limits.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import { createSlots } from '../usecases/slots.js';
import { approvalUri } from './resources/approvals.js';
import type { Session } from './session.js';
import type { RequestContext } from './tool.js';

/**
 * Opens the stream for a GET. Resolves with true when it has answered. Everything else gets 405 elsewhere: also a DELETE, which the protocol allows where a
 * client cannot end a session, and no process stores one. A client whose key has no stream left gets 405 too, and goes on without one.
 * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#session-management
 */
export type ServeSession = (
  method: string,
  res: Response,
  requestContext: RequestContext,
) => Promise<boolean>;

/** Milliseconds. Proxies close a connection that stays silent. */
const KEEP_ALIVE_EVERY = 15 * SECOND;

/** A proxy that compresses or buffers would keep events back. The SDK sends the same with its own streams. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** The server ends a stream after `maxAgeMs` milliseconds; the client opens another. */
export function createServeSession(
  subscriptions: Pick<ManageSubscriptions, 'follow'>,
  maxAgeMs = STREAM_MAX,
): ServeSession {
  const slots = createSlots(SESSION_STREAMS_PER_KEY);

  async function stream(
    res: Response,
    { caller, stopSignal }: RequestContext,
    { id }: Session,
  ): Promise<void> {
    const ended = new AbortController();
    const end = () => ended.abort();
    res.once('close', end);
    const timer = setTimeout(end, maxAgeMs);
    const keepAlive = setInterval(() => res.write(': keep-alive\n\n'), KEEP_ALIVE_EVERY);
    try {
      res.writeHead(200, STREAM_HEADERS);
      res.flushHeaders();
      await subscriptions.follow(caller, id, {
        onChange: (approval) => res.write(updateEvent(approvalUri(approval))),
        signal: AbortSignal.any([stopSignal, ended.signal]),
      });
    } finally {
      clearTimeout(timer);
      clearInterval(keepAlive);
      res.end();
    }
  }

  return async (method, res, requestContext) => {
    const { caller, session } = requestContext;
    if (!session) return false;
    const release = method === 'GET' ? slots.take(caller.key.id) : undefined;
    if (!release) return false;
    await stream(res, requestContext, session).finally(release);
    return true;
  };
}

function updateEvent(uri: string): string {
  const message = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } };
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
