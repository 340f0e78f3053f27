/** An MCP server of one's own, whose tools may ask vsecure for secrets on behalf of an AI tool. */

import {
  type CallToolResult,
  McpServer,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { runInToolCall, type ToolCall } from '../tool-call.js';
import { type Listening, serveOnStdio } from './stdio.js';
import { toolContextOf } from './tool-context.js';
import { errorResult, resultOf } from './tool-result.js';

export interface MCPServerOptions {
  /** What the server calls itself. */
  readonly name: string;
  /** Default: `1.0.0`. */
  readonly version?: string;
  /** What a model should know before it uses the tools. */
  readonly instructions?: string;
}

/** What a tool does. `args` is what the AI tool sent: checked where there is a schema, a stranger's word where there is none. */
export type ToolHandler<Args> = (args: Args, call: ToolCall) => unknown;

/** Any schema that the MCP SDK takes, such as one of zod's: `z.object({ name: z.string().describe('…') })`. */
export type ToolSchema<Args> = StandardSchemaWithJSON<unknown, Args>;

/** Any object, or nothing; what is in it, the handler says itself. */
const ANY_ARGUMENTS = z.looseObject({}).default({}).pipe(z.any());

type Registration = (server: McpServer) => void;

/** Hands a handler its arguments and its call, and makes a result of whatever becomes of it. */
function registerTool<Args>(
  server: McpServer,
  name: string,
  schema: ToolSchema<Args> | undefined,
  handler: ToolHandler<Args>,
): void {
  const run = async (args: Args, { mcpReq }: ServerContext): Promise<CallToolResult> => {
    const call = toolContextOf(mcpReq);
    try {
      return resultOf(await runInToolCall(call, () => handler(args, call)));
    } catch (thrown) {
      return errorResult(thrown);
    }
  };
  const inputSchema: ToolSchema<Args> = schema ?? ANY_ARGUMENTS;
  server.registerTool(name, { inputSchema }, run);
}

export class MCPServer {
  readonly #options: MCPServerOptions;
  readonly #tools = new Map<string, Registration>();

  constructor(options: MCPServerOptions) {
    this.#options = options;
  }

  /**
   * Adds a tool. What `handler` returns becomes the answer: text as it is, anything else as JSON, a plain object as structured
   * content too. What it throws becomes a tool error with its message, which the AI tool reads: throw no value of a secret.
   *
   * While `client.mcp.requestApproval` waits within it, the AI tool is sent progress. When that gives up or goes away, the
   * waiting ends and the request stays pending; the same call made again meets the same request.
   *
   * Without a schema an AI tool is not told which arguments there are. Throws Error when the name is taken.
   */
  tool<Args>(name: string, handler: ToolHandler<Args>): void;
  tool<Args>(name: string, schema: ToolSchema<Args>, handler: ToolHandler<Args>): void;
  tool<Args>(
    name: string,
    ...rest: [handler: ToolHandler<Args>] | [schema: ToolSchema<Args>, handler: ToolHandler<Args>]
  ): void {
    if (this.#tools.has(name)) throw new Error(`there is a tool named ${name} already`);
    const [schema, handler] = rest.length === 1 ? [undefined, rest[0]] : rest;
    this.#tools.set(name, (server) => registerTool(server, name, schema, handler));
  }

  /**
   * Serves the tools that were added before an AI tool connects, on stdin and stdout, until stdin ends, the process is
   * asked to stop, or the answer's `close` is called. Nothing else may write to stdout: log with `console.error`.
   */
  listen(): Listening {
    return serveOnStdio(() => this.#build());
  }

  #build(): McpServer {
    const { name, version = '1.0.0', instructions } = this.#options;
    const server = new McpServer(
      { name, version },
      { capabilities: { tools: {} }, ...(instructions !== undefined && { instructions }) },
    );
    for (const register of this.#tools.values()) register(server);
    return server;
  }
}
