/** A fake server with scripted answers, to test how a client handles a broken or foreign server. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientOptions, VSecureClient } from '../../src/sdk/index.js';

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** Every request so far: method, path, authorization and idempotency key. */
  readonly requests: {
    method: string;
    url: string;
    authorization: string;
    key: string | undefined;
  }[];
  /** A client of this server that retries after very short pauses. */
  readonly client: (options?: ClientOptions) => VSecureClient;
}

export async function scriptedServer(
  answer: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<ScriptedServer> {
  const requests: ScriptedServer['requests'] = [];
  const server = createServer((req, res) => {
    const { method = '', url = '', headers } = req;
    const key = headers['idempotency-key'];
    const { authorization = '' } = headers;
    requests.push({ method, url, authorization, key: typeof key === 'string' ? key : undefined });
    answer(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    requests,
    client: (options) =>
      new VSecureClient({ url, apiKey: 'vsk_h_test', retry: { minMs: 1 }, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The address of a server that has stopped. */
export async function closedAddress(): Promise<string> {
  await using server = await scriptedServer(() => {});
  return server.url;
}

export function json(res: ServerResponse, body: unknown, status = 200): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.setHeader('content-type', type);
  res.writeHead(status).end(JSON.stringify(body));
}

/** Refuses the way vsecure does. */
export function refuse(res: ServerResponse, status: number, code: string): void {
  const named = { type: `urn:vsecure:problem:${code}`, title: code, detail: `${code}.` };
  json(res, { ...named, status, code, instance: 'urn:uuid:0' }, status);
}
