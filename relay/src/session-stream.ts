/** What vsecure says of its own accord, on the stream of a session (protocol 2025-11-25 and older), for as long as the relay runs. */
import {
  type FetchLike,
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { fetchWhenUp } from './connect.js';
import type { Server } from './exchange.js';

export interface Watch {
  readonly session: string;
  readonly protocolVersion: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Takes each message as it arrives. */
  readonly deliver: (message: JSONRPCMessage) => void;
}

/**
 * Opens the stream, and again whenever it ends: after a second at first, after half a minute at last. A server that has none (405) is
 * not asked again. Resolves when the signal aborts. Never rejects: whoever looks instead of being told misses nothing.
 */
export async function watch(server: Server, { session, protocolVersion, signal, deliver }: Watch) {
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
    // The transport opens its stream when this was accepted; vsecure has accepted it already, from whoever is relayed.
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await aborted(signal);
  } catch {
    // It is over then.
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
