/** The MCP endpoint over real HTTP, against a server of the bare SDK with one tool that does nothing: the minimum cost of a call. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { WaitForDecision, Waiting } from '../src/usecases/approvals/wait-for-decision.js';
import { call, startEndpoint } from '../test/mcp/endpoint.js';
import { rates } from './measure.js';
import { openFloor, openReaders } from './reads.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';

const CALLERS = 32;
const TOKEN = 'agent';

/** A client of the stage's own endpoint. `waits` is called when a call has started to wait for a decision. */
export async function openMcp(stage: Stage, waits: NonNullable<Waiting['onWait']> = () => {}) {
  const { useCases, caller } = stage;
  const waitForDecision: WaitForDecision = (who, id, waiting) =>
    useCases.waitForDecision(who, id, { ...waiting, onWait: waits });
  const endpoint = await startEndpoint({
    useCases: { ...useCases, waitForDecision },
    keys: { [TOKEN]: caller },
  });
  const client = await endpoint.client(TOKEN, 'v2 auto');
  return {
    async call(tool: string, args: Record<string, unknown>): Promise<void> {
      const { isError, text } = await call(client, tool, args);
      if (isError) throw new Error(text);
    },
    close: () => endpoint.close(),
  };
}

/** Calls of a tool that does nothing, to a server that is nothing but the SDK. */
export async function openBareSdk() {
  const handler = createMcpHandler(() => {
    const bare = new McpServer({ name: 'bare', version: '0.0.0' });
    bare.registerTool('nothing', {}, () => ({ content: [{ type: 'text', text: 'done' }] }));
    return bare;
  });
  const answer = toNodeHandler(handler);
  const server = createServer((req, res) => {
    const { method = '', url = '', headers } = req;
    const body = () => req[Symbol.asyncIterator]();
    void answer({ method, url, headers, [Symbol.asyncIterator]: body }, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new Client(
    { name: 'bench', version: '0.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)));
  return {
    call: () => client.callTool({ name: 'nothing', arguments: {} }),
    async close() {
      await client.close();
      await handler.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Each tool that an agent calls often, from one caller and from many, against a tool that does nothing on a bare server. */
export async function benchMcp(stage: Stage): Promise<void> {
  const [reader] = await openReaders(stage, 1, stage.caller);
  if (!reader) throw new Error('there is no reader');
  const { id: approval_id } = await stage.ask(stage.caller, { renew: true });
  await stage.approve(approval_id);
  const [mcp, sdk, floor] = [await openMcp(stage), await openBareSdk(), await openFloor(stage)];
  const tools = {
    'list-secrets': () => mcp.call('list-secrets', {}),
    'read-secret': () => mcp.call('read-secret', { resource: reader.resource }),
    'wait-for-decision': () => mcp.call('wait-for-decision', { approval_id }),
  };
  title(
    'tools through MCP, client and server in one process, against the bare SDK (calls a second)',
  );
  for (const callers of [1, CALLERS]) {
    const { nothing, insert, ...measured } = await rates(callers, {
      nothing: sdk.call,
      insert: floor.insert,
      ...tools,
    });
    for (const [tool, rate] of Object.entries(measured))
      line(`${tool}, ${callers}`, nothing, rate, rate / nothing);
    const read = measured['read-secret'];
    line(`read, INSERT, ${callers}`, insert, read, read / insert);
  }
  await Promise.all([mcp.close(), sdk.close(), floor.close()]);
}
