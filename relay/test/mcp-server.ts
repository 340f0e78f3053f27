/** A real MCP server that requires a key, like vsecure's `/mcp`: both protocol eras, no sessions. */
import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export const API_KEY = 'vsk_a_Zk3vQ9xT1b_CanaryCanaryCanaryCanaryCanaryCanary0123456789';

export interface McpTestServer {
  readonly url: string;
  readonly port: number;
  /** The headers of every POST so far. */
  readonly posts: readonly IncomingHttpHeaders[];
  /** Lets the tool `wait` take its next step. It waits until the test has seen the progress of the previous one. */
  step(): void;
  /** Notifies subscribed clients that the tools have changed. */
  changeTools(): void;
  /** Resolves when a call of the tool `hold` has arrived. */
  readonly held: Promise<void>;
  /** Resolves when the abort signal of that call has fired. */
  readonly released: Promise<void>;
  close(): Promise<void>;
}

/** Listens on `port`, or on a free one. */
export async function startMcpServer(port = 0): Promise<McpTestServer> {
  const held = latch();
  const released = latch();
  const steps = new EventEmitter();
  const posts: IncomingHttpHeaders[] = [];
  const mcp = createMcpHandler(() => buildServer(steps, held.open, released.open));
  const handle = toNodeHandler(mcp);
  const server = createServer((req, res) => {
    if (req.method === 'POST') posts.push(req.headers);
    if (req.headers.authorization === `Bearer ${API_KEY}`) void handle(withMethod(req), res);
    else
      res.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_token"}');
  });
  return {
    ...(await listen(server, port)),
    posts,
    changeTools: () => mcp.notify.toolsChanged(),
    step: () => void steps.emit('step'),
    held: held.opened,
    released: released.opened,
  };
}

/** Makes an HTTP server reachable on loopback. */
export async function listen(server: Server, port = 0) {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The properties that the SDK's adapter reads, without optional ones (exactOptionalPropertyTypes). */
function withMethod(req: IncomingMessage) {
  const { method = '', url = '', headers } = req;
  return { method, url, headers, [Symbol.asyncIterator]: () => req[Symbol.asyncIterator]() };
}

function buildServer(steps: EventEmitter, onHeld: () => void, onReleased: () => void): McpServer {
  const server = new McpServer({ name: 'vsecure', version: '0.0.0' });
  const echo = { inputSchema: z.object({ text: z.string() }) };
  server.registerTool('echo', echo, ({ text }) => ({ content: [{ type: 'text', text }] }));
  const wait = { inputSchema: z.object({ steps: z.number() }) };
  server.registerTool('wait', wait, async ({ steps: total }, ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken ?? 'none';
    for (let progress = 1; progress <= total; progress++) {
      const seen = once(steps, 'step');
      const params = { progressToken, progress, total };
      await ctx.mcpReq.notify({ method: 'notifications/progress', params });
      await seen;
    }
    return { content: [{ type: 'text', text: 'waited' }] };
  });
  server.registerTool('hold', { inputSchema: z.object({}) }, async (_input, ctx) => {
    const aborted = once(ctx.mcpReq.signal, 'abort');
    onHeld();
    await aborted;
    onReleased();
    return { content: [] };
  });
  return server;
}

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
