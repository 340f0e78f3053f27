/** The HTTP app of vsecure around the endpoint, with its host check and bearer check, for clients that cannot send a key. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Express } from 'express';
import { createHttpApp } from '../../src/http/app.js';
import { callerOf, createBearer } from '../../src/http/bearer.js';
import { createMcpEndpoint } from '../../src/mcp/server.js';
import type { Services } from '../support/services.js';

/** A request without a key gets `token`. Web pages of the app's own origin may call. */
export async function startGuardedApp({ useCases }: Services, token: string) {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const endpoint = createMcpEndpoint({
    useCases,
    callerOf,
    logger,
    version: '1.2.3',
    allowedOrigins: [origin],
  });
  const app = createHttpApp({
    useCases,
    logger,
    ready: () => Promise.reject(new Error('readiness is not used here')),
    allowedHosts: ['127.0.0.1'],
    beforeParsers(express: Express) {
      express.use('/mcp', (req, _res, next) => {
        req.headers.authorization ??= `Bearer ${token}`;
        next();
      });
      express.all('/mcp', createBearer(useCases.authenticate), endpoint.handle);
    },
  });
  server.on('request', app);
  return {
    url: `${origin}/mcp`,
    async close() {
      await endpoint.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
