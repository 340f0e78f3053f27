/** A proxy that adds a key to requests without one and changes nothing else: for programs that cannot send a key. */

import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface KeyProxy extends AsyncDisposable {
  /** The address of the server through the proxy. */
  readonly url: string;
}

/** `target`: the server's URL. `token`: the key that a request without one gets. */
export async function keyProxy(target: string, token: string): Promise<KeyProxy> {
  const server = createServer((near, answer) => {
    const { method, url, headers } = near;
    const authorization = headers.authorization ?? `Bearer ${token}`;
    const far = request(new URL(url ?? '/', target), {
      method,
      headers: { ...headers, authorization },
    });
    far.on('response', (message) => {
      answer.writeHead(message.statusCode ?? 502, message.headers);
      message.pipe(answer);
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    near.pipe(far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
