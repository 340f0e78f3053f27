/** Listens for HTTP, and stops without cutting running requests off before the deadline. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { KEEP_ALIVE_DEFAULT } from '../domain/limits.js';

export interface Address {
  readonly host: string;
  /** 0: the system chooses a free port. */
  readonly port: number;
  /**
   * How long an idle connection stays open (ms). Longer than the 60 s of the usual load balancers: else one of them sends a request
   * into a connection that this side is closing, and its client gets a 502. Default: 75 s.
   */
  readonly keepAliveMs?: number | undefined;
  /** How long a connection may stay open without sending a byte (ms). Default: as long as headers may take. */
  readonly silenceMs?: number | undefined;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Accepts no new connections, waits for running requests, and closes what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** How long a client may take to send a whole request (ms). The response has no limit: a waiting call may take minutes. */
const REQUEST_TIMEOUT = 30_000;
/** How long a client may take to send its headers (ms). */
const HEADERS_TIMEOUT = 15_000;
/** How long a connection may stay open without sending a byte (ms). Node's own time limits begin with the first byte. */
const SILENCE_TIMEOUT = HEADERS_TIMEOUT;
/** How often idle connections are closed while the server stops (ms). */
const IDLE_CHECK = 50;

/** Rejects when the address is in use or not available. */
export async function listen(
  app: RequestListener,
  { host, port, keepAliveMs = KEEP_ALIVE_DEFAULT, silenceMs = SILENCE_TIMEOUT }: Address,
): Promise<Listening> {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT,
      headersTimeout: HEADERS_TIMEOUT,
      keepAliveTimeout: keepAliveMs,
    },
    app,
  );
  const closeUnused = watchUnused(server, silenceMs);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = portOf(server);
  const name = host.includes(':') ? `[${host}]` : host;
  const closeIdle = () => {
    server.closeIdleConnections();
    closeUnused();
  };
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    close: (graceMs) => close(server, closeIdle, graceMs),
  };
}

/** Node counts a connection as idle only after its first request. Browsers and HTTP clients open connections ahead and may never use them. */
function watchUnused(server: Server, silenceMs: number): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    const silence = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, silenceMs);
    socket.once('close', () => {
      clearTimeout(silence);
      unused.delete(socket);
    });
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function close(server: Server, closeIdle: () => void, graceMs: number): Promise<void> {
  const idle = setInterval(closeIdle, IDLE_CHECK);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await new Promise<void>((resolve, reject) =>
      server.close((error) => (error ? reject(error) : resolve())),
    );
  } finally {
    clearInterval(idle);
    clearTimeout(deadline);
  }
}
