/** Listens for HTTP, and stops without cutting running requests off before the deadline. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Address {
  readonly host: string;
  /** 0: the system chooses a free port. */
  readonly port: number;
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
/** How often idle connections are closed while the server stops (ms). */
const IDLE_CHECK = 50;

/** Rejects when the address is in use or not available. */
export async function listen(app: RequestListener, { host, port }: Address): Promise<Listening> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: HEADERS_TIMEOUT },
    app,
  );
  const closeUnused = watchUnused(server);
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
function watchUnused(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
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
