/** Opens and shuts a small HTTP server on a free loopback port. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** Listens and resolves with the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return address.port;
}

/** Cuts what is still open, so that a hanging request cannot hold the test. */
export async function shut(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  if (server.listening) await once(server, 'close');
}

/** A port that was free a moment ago, for a server whose address must be known before it starts. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await shut(server);
  return port;
}
