/** A receiver of webhooks on its own port, which can be made to fail. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const webhookPayload = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ sequence: z.number(), approval: z.string().optional() }),
});

export interface Heard extends z.output<typeof webhookPayload> {
  readonly id: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What to do with one of them: an HTTP status, or not to answer at all. `heard` counts those of this id before. */
export type Manners = (one: Heard, before: number) => number | 'drop' | 'hang' | 'drop-after';

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** What it took is in `taken`: everything that it answered with 2xx, or dropped after it had it. */
export async function startReceiver(manners: Manners = () => 204) {
  const taken: Heard[] = [];
  const heard = new Map<string, number>();
  const state = { manners };

  const answer = (one: Heard, res: ServerResponse) => {
    const before = heard.get(one.id) ?? 0;
    heard.set(one.id, before + 1);
    const manner = state.manners(one, before);
    if (manner === 'hang') return;
    if (manner === 'drop-after' || (typeof manner === 'number' && manner < 300)) taken.push(one);
    if (typeof manner === 'number') res.writeHead(manner).end();
    else res.destroy();
  };

  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of req) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks).toString();
    const id = String(req.headers['webhook-id'] ?? '');
    answer({ ...webhookPayload.parse(JSON.parse(body)), id, headers: req.headers, body }, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    heard,
    behave(next: Manners) {
      state.manners = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
