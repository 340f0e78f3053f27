/** Listening, and stopping without cutting anybody off before the deadline. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Address {
  readonly host: string;
  /** 0: a free one, of the system's choosing. */
  readonly port: number;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Takes no new connections, waits for running requests, and after `graceMs` cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** How long a client may take to send a whole request (ms). How long the answer takes is not limited: a wait may hold it for minutes. */
const REQUEST_TIMEOUT = 30_000;
/** How long a client may take to send its headers (ms). */
const HEADERS_TIMEOUT = 15_000;
/** How often connections that have become idle are closed while stopping (ms). */
const IDLE_CHECK = 50;

/** Rejects when the address cannot be had. */
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

/** To Node a connection is idle only after a request; browsers and HTTP clients open some ahead and never ask. */
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
