/** A server that answers as it is told: for what a client meets when the other side is not vsecure, or not well. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientOptions, VSecureClient } from '../../src/sdk/index.js';

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** Every request so far: method, path and the headers that came with it. */
  readonly asked: { method: string; url: string; authorization: string; key: string | undefined }[];
  /** One that tries again without much of a pause. */
  readonly client: (options?: ClientOptions) => VSecureClient;
}

export async function scriptedServer(
  answer: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<ScriptedServer> {
  const asked: ScriptedServer['asked'] = [];
  const server = createServer((req, res) => {
    const { method = '', url = '', headers } = req;
    const key = headers['idempotency-key'];
    const { authorization = '' } = headers;
    asked.push({ method, url, authorization, key: typeof key === 'string' ? key : undefined });
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
    client: (options) =>
      new VSecureClient({ url, apiKey: 'vsk_h_test', retry: { minMs: 1 }, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The address of a server that was there, and is not any more. */
export async function closedAddress(): Promise<string> {
  await using server = await scriptedServer(() => {});
  return server.url;
}

export function json(res: ServerResponse, body: unknown, status = 200): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  res.setHeader('content-type', type);
  res.writeHead(status).end(JSON.stringify(body));
}

/** As vsecure says no. */
export function refuse(res: ServerResponse, status: number, code: string): void {
  const named = { type: `urn:vsecure:problem:${code}`, title: code, detail: `${code}.` };
  json(res, { ...named, status, code, instance: 'urn:uuid:0' }, status);
}
