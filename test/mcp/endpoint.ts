/** The MCP endpoint as vsecure mounts it: behind a bearer check, on a real HTTP server, with clients of every kind. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import express, { type Request } from 'express';
import type { Caller } from '../../src/domain/rights.js';
import { createMcpEndpoint, type McpParts } from '../../src/mcp/server.js';
import { type AnyClient, type ClientKind, connectClient } from '../support/mcp-client.js';

export {
  type AnyClient,
  CLIENT_KINDS,
  call,
  ERA,
  fields,
  listedSecrets,
} from '../support/mcp-client.js';

export type TestEndpoint = Awaited<ReturnType<typeof startEndpoint>>;

export interface EndpointOptions {
  readonly useCases: McpParts['useCases'];
  /** The caller of each token. */
  readonly keys: Readonly<Record<string, Caller>>;
  readonly publicOrigin?: string;
  /** Milliseconds. */
  readonly streamMaxAgeMs?: number;
  /** Milliseconds. */
  readonly answerTimeoutMs?: number;
}

/** One line of the log as the endpoint wrote it. */
export interface LogLine {
  readonly details: object;
  readonly message: string;
}

export async function startEndpoint({ useCases, keys, ...options }: EndpointOptions) {
  const errors: LogLine[] = [];
  const versions: string[] = [];
  const callers = new WeakMap<Request, Caller>();
  const endpoint = createMcpEndpoint({
    useCases,
    recheckCaller: async () => true,
    callerOf: (req) => callers.get(req) ?? fail('this request was not authenticated'),
    logger: { debug: () => {}, error: (details, message) => errors.push({ details, message }) },
    version: '1.2.3',
    ...options,
  });

  const app = express();
  app.use('/mcp', (req, res, next) => {
    const caller = keys[req.headers.authorization?.replace('Bearer ', '') ?? ''];
    if (!caller) return void res.status(401).end();
    callers.set(req, caller);
    const version = req.headers['mcp-protocol-version'];
    if (typeof version === 'string') versions.push(version);
    next();
  });
  app.all('/mcp', endpoint.handle);
  app.all('/unguarded', endpoint.handle);

  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  const clients: AnyClient[] = [];

  return {
    url: `${origin}/mcp`,
    origin,
    errors,
    /** The protocol versions that requests named in their header. */
    versions,
    stop: () => endpoint.close(),

    async client(token: string, kind: ClientKind = 'v1', name = 'a test'): Promise<AnyClient> {
      const client = await connectClient({ kind, url: origin, token, name });
      clients.push(client);
      return client;
    },

    /** A POST as a program without an SDK would send it. */
    post: (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      fetch(`${origin}/mcp`, {
        method: 'POST',
        body,
        headers: {
          authorization: `Bearer ${Object.keys(keys)[0]}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      }),

    async close() {
      for (const client of clients) await client.close();
      await endpoint.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}
