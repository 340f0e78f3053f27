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
  /** How long a connection may send no first byte, or take no byte of its response (ms). Default: as long as headers may take. */
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
/**
 * How long a connection may send no first byte, or take no byte of a response that has bytes to write (ms). Node's own time limits
 * begin with the first byte and end with the request.
 */
const SILENCE_TIMEOUT = HEADERS_TIMEOUT;
/**
 * How many requests of one connection may wait for their responses. HTTP/1.1 lets a client send requests ahead, but browsers, proxies
 * and the clients of vsecure do not: more than a few serve only to fill this process's memory with responses that no one reads.
 */
const UNANSWERED_MAX = 8;
/** How often idle connections are closed while the server stops (ms). */
const IDLE_CHECK = 50;

/** Rejects when the address is in use or not available. */
export async function listen(
  app: RequestListener,
  { host, port, keepAliveMs = KEEP_ALIVE_DEFAULT, silenceMs = SILENCE_TIMEOUT }: Address,
): Promise<Listening> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT,
    headersTimeout: HEADERS_TIMEOUT,
    keepAliveTimeout: keepAliveMs,
  });
  const unanswered = serveFew(server, app);
  server.setTimeout(silenceMs, (socket) => {
    if (isSilent(socket, unanswered.get(socket))) socket.destroy();
  });
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

/**
 * Passes requests to the app, and destroys a connection with too many unanswered ones. One packet may carry hundreds: Node goes on
 * to read them after the connection is destroyed. Returns how many requests of each connection are unanswered.
 */
function serveFew(server: Server, app: RequestListener): WeakMap<Socket, number> {
  const unanswered = new WeakMap<Socket, number>();
  const add = (socket: Socket, change: number) => {
    const count = (unanswered.get(socket) ?? 0) + change;
    unanswered.set(socket, count);
    return count;
  };
  server.on('request', (req, res) => {
    const { socket } = req;
    if (add(socket, 1) > UNANSWERED_MAX) socket.destroy();
    if (socket.destroyed) return;
    res.once('close', () => add(socket, -1));
    app(req, res);
  });
  return unanswered;
}

/**
 * Whether a connection on which nothing moved for its time limit is given up. A first request that is still being sent is left to the
 * limit for headers, and a response with nothing to write, like a waiting call or a stream, may take as long as it wants.
 *
 * @param unanswered Undefined before the first request; 0 between two requests, where Node's limit is the keep-alive time.
 */
const isSilent = (socket: Socket, unanswered: number | undefined): boolean =>
  socket.bytesRead === 0 || socket.writableLength > 0 || unanswered === 0;

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
