/** A server that answers as it is told: for what a client meets when the other side is not vsecure, or not well. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { VSecureClient } from '../../src/sdk/index.js';

export interface OddServer extends AsyncDisposable {
  readonly url: string;
  /** Every request so far: method, path and the headers that came with it. */
  readonly asked: { method?: string; url?: string; authorization?: string }[];
  readonly client: (options?: { timeoutMs?: number; apiKey?: string }) => VSecureClient;
}

export async function oddServer(
  answer: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<OddServer> {
  const asked: OddServer['asked'] = [];
  const server = createServer((req, res) => {
    const { method = '', url = '', headers } = req;
    asked.push({ method, url, authorization: headers.authorization ?? '' });
    answer(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    asked,
    client: (options) => new VSecureClient({ url, apiKey: 'vsk_h_test', ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(res: ServerResponse, body: unknown, status = 200): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
