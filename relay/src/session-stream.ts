/** Receives the notifications of a session (protocol 2025-11-25 and older) on its stream, as long as the relay runs. */
import {
  type FetchLike,
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { fetchWhenUp } from './connect.js';
import type { Server } from './exchange.js';

export interface SessionStream {
  readonly session: string;
  readonly protocolVersion: string | undefined;
  /** An abort ends the stream. */
  readonly signal: AbortSignal;
  /** Called with each message as it arrives. */
  readonly deliver: (message: JSONRPCMessage) => void;
}

/**
 * Opens the stream, and opens it again whenever it ends, after 1 to 30 seconds. If the server offers no stream (405), it does not
 * try again. Resolves when the signal aborts. Never rejects: without notifications, a client can still poll.
 */
export async function keepSessionStream(
  server: Server,
  { session, protocolVersion, signal, deliver }: SessionStream,
) {
  const { endpoint, apiKey } = server;
  const transport = new StreamableHTTPClientTransport(endpoint, {
    fetch: onlyGet,
    requestInit: { headers: { authorization: `Bearer ${apiKey}` }, redirect: 'manual' },
    reconnectionOptions: FOREVER,
    sessionId: session,
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
  });
  transport.onmessage = deliver;
  try {
    await transport.start();
    // The transport opens its stream after this notification. The AI tool has already sent it to vsecure, so `onlyGet` answers it here.
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await aborted(signal);
  } catch {
    // There is no stream then.
  } finally {
    await transport.close();
  }
}

const onlyGet: FetchLike = async (url, init) =>
  init?.method === 'GET' ? fetchWhenUp(url, init) : new Response(null, { status: 202 });

/** Milliseconds. */
const FOREVER = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialReconnectionDelay: 1000,
  maxReconnectionDelay: 30_000,
  reconnectionDelayGrowFactor: 2,
};

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
