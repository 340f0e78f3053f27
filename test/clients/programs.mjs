/**
 * Each client as its own documentation connects it, with its default settings. `connect` resolves with the names of its tools and a
 * function that calls one and returns the text that a model would read. Runs in the folder where `package.json` is installed.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NODE = 'node_modules/node/bin/node';

/** `through`: the command of a program that speaks MCP on stdio and reads `env`. Without it, the client connects to `url` over HTTP. */
export const PROGRAMS = {
  '@ai-sdk/mcp': async ({ url, headers, through, env }) => {
    const { createMCPClient } = await import('@ai-sdk/mcp');
    const { Experimental_StdioMCPTransport: Stdio } = await import('@ai-sdk/mcp/mcp-stdio');
    const transport = through
      ? new Stdio({ ...commandOf(through), env })
      : { type: 'http', url, headers };
    const client = await createMCPClient({ transport });
    const tools = await client.tools();
    return {
      tools: Object.keys(tools),
      call: async (name, args) => textOf(await tools[name].execute(args, { messages: [] })),
      close: () => client.close(),
    };
  },

  '@langchain/mcp-adapters': async ({ url, headers, through, env }) => {
    const { MultiServerMCPClient } = await import('@langchain/mcp-adapters');
    const vsecure = through ? { ...commandOf(through), env } : { url, headers };
    const client = new MultiServerMCPClient({ mcpServers: { vsecure } });
    const tools = await client.getTools();
    return {
      tools: tools.map(({ name }) => name),
      // Answers with the text itself, or with its content blocks.
      call: async (name, args) =>
        plain(await tools.find((tool) => tool.name === name).invoke(args)),
      close: () => client.close(),
    };
  },

  '@mastra/mcp': async ({ url, headers, through, env }) => {
    const { MCPClient } = await import('@mastra/mcp');
    const vsecure = through
      ? { ...commandOf(through), env }
      : { url: new URL(url), requestInit: { headers } };
    const client = new MCPClient({ servers: { vsecure } });
    const tools = await client.listTools();
    return {
      tools: Object.keys(tools).map((name) => name.replace(/^vsecure_/, '')),
      // Answers with the structured content, because the tools have an output schema.
      call: async (name, args) => plain(await tools[`vsecure_${name}`].execute(args)),
      close: () => client.disconnect(),
    };
  },

  '@openai/agents': async ({ url, headers, through, env }) => {
    const agents = await import('@openai/agents');
    const server = through
      ? new agents.MCPServerStdio({ ...commandOf(through), env })
      : new agents.MCPServerStreamableHttp({ url, requestInit: { headers } });
    await server.connect();
    const tools = await agents.getAllMcpTools([server]);
    const context = new agents.RunContext();
    return {
      // The model sees the names with underscores.
      tools: tools.map(({ name }) => name.replaceAll('_', '-')),
      call: async (name, args) => {
        const tool = tools.find((one) => one.name === name.replaceAll('-', '_'));
        return plain(await tool.invoke(context, JSON.stringify(args)));
      },
      close: () => server.close(),
    };
  },

  /** Starts the Inspector for each call. */
  '@modelcontextprotocol/inspector': async ({ url, headers, through, env }) => {
    const server = through
      ? [...through, ...Object.entries(env).flatMap((pair) => ['-e', pair.join('=')])]
      : [url, '--header', `Authorization: ${headers.authorization}`];
    async function ask(...argv) {
      const words = ['node_modules/.bin/mcp-inspector', '--cli', ...server, ...argv];
      // When the answer is an error, it fails after it has written the answer.
      const { stdout } = await run(NODE, words).catch((error) => error);
      return JSON.parse(stdout);
    }
    const { tools } = await ask('--method', 'tools/list');
    return {
      tools: tools.map(({ name }) => name),
      call: async (name, args) => {
        const call = ['--method', 'tools/call', '--tool-name', name];
        return textOf(await ask(...call, '--tool-args-json', JSON.stringify(args)));
      },
      close: () => {},
    };
  },

  /** A client of the SDK starts it over stdio, and it connects over HTTP. */
  'mcp-remote': async ({ url, headers, env }) => {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
    const header = ['--header', `Authorization:${headers.authorization}`];
    const args = ['node_modules/.bin/mcp-remote', url, '--allow-http', ...header];
    const client = new Client({ name: 'mcp-remote', version: '0.0.0' });
    await client.connect(new StdioClientTransport({ command: NODE, args, env, stderr: 'inherit' }));
    const { tools } = await client.listTools();
    return {
      tools: tools.map(({ name }) => name),
      call: async (name, args) => textOf(await client.callTool({ name, arguments: args })),
      close: () => client.close(),
    };
  },
};

const commandOf = ([command, ...args]) => ({ command, args });

/** The text of a result as the protocol has it. */
const textOf = ({ content }) => content.map(({ text }) => text).join('');

/** The text of an answer in which a client has the content only. */
function plain(answer) {
  if (typeof answer === 'string') return answer;
  if (Array.isArray(answer)) return textOf({ content: answer });
  return answer.type === 'text' ? answer.text : JSON.stringify(answer);
}
