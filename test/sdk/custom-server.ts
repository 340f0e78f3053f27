/** A custom MCP server with every kind of tool. Tests start it as its own process. */

import { z } from 'zod';
import { VSecureClient } from '../../src/sdk/index.js';
import { MCPServer } from '../../src/sdk/server/index.js';

const vsecure = new VSecureClient();
const server = new MCPServer({
  name: 'custom',
  version: '2.1.0',
  instructions: 'Call ask before anything else.',
});

server.tool('arguments', (args) => args);
server.tool('text', () => 'plain words');
server.tool('list', () => [1, 'two']);
server.tool('nothing', () => undefined);
server.tool('own-form', () => ({ at: new Date(0), hidden: { toJSON: () => '[secret]' } }));
server.tool('function', () => () => 'this cannot be sent');
server.tool('circle', () => {
  const circle: { self?: object } = {};
  circle.self = circle;
  return circle;
});
server.tool('throw', () => {
  throw new Error('Approval required');
});
server.tool('throw-text', () => Promise.reject('only words'));
server.tool('add', z.object({ a: z.number(), b: z.number().default(1) }), ({ a, b }) => ({
  sum: a + b,
}));
server.tool(
  'described',
  {
    title: 'Adds',
    description: 'Adds two numbers.',
    annotations: { readOnlyHint: true },
    schema: z.object({ a: z.number(), b: z.number() }),
  },
  ({ a, b }) => ({ sum: a + b }),
);
server.tool('refused', () => vsecure.mcp.cancel('appr_0000000000000000000000'));

/** The tool `progress` ends when the tool `finish` is called. */
let finish = (_result: string) => {};
const finished = new Promise<string>((resolve) => {
  finish = resolve;
});
server.tool('progress', (_, { progress }) => {
  progress('half of it');
  progress('all of it');
  return finished;
});
server.tool('finish', () => finish('done'));

server.tool('ask', async ({ resource }) => {
  const { id, status } = await vsecure.mcp.requestApproval({
    resource,
    operation: 'read',
    reason: 'Looking into the failing connection',
  });
  return { id, status };
});

/** Reports on stderr that the call was aborted. */
server.tool('wait-for-the-end', (_, { signal }) => {
  process.stderr.write('waiting\n');
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      process.stderr.write('aborted\n');
      resolve('too late');
    });
  });
});

server.listen();
