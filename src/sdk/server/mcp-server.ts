/** A custom MCP server whose tools can request secrets from vsecure for an AI tool. */

import {
  type CallToolResult,
  McpServer,
  type ServerContext,
  type StandardSchemaWithJSON,
  type ToolAnnotations,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { runInToolCall, type ToolCall } from '../tool-call.js';
import { type Listening, serveOnStdio } from './stdio.js';
import { toolContextOf } from './tool-context.js';
import { errorResult, resultOf } from './tool-result.js';

export interface MCPServerOptions {
  /** Name of the server. */
  readonly name: string;
  /** Default: `1.0.0`. */
  readonly version?: string;
  /** Instructions that the model reads before it uses the tools. */
  readonly instructions?: string;
}

/** Handles a tool call. `args` is what the AI tool sent: validated if the tool has a schema, otherwise untrusted. */
export type ToolHandler<Args> = (args: Args, call: ToolCall) => unknown;

/** Any schema that the MCP SDK accepts, such as a zod schema: `z.object({ name: z.string().describe('…') })`. */
export type ToolSchema<Args> = StandardSchemaWithJSON<unknown, Args>;

/** What the AI tool learns about a tool before it calls it. */
export interface ToolOptions<Args> {
  /** Name for people. */
  readonly title?: string;
  /** What the tool does, in a line: a model reads it in every conversation, and chooses by it. */
  readonly description?: string;
  /** Hints such as `{ readOnlyHint: true }`. AI tools decide by them what to confirm with their user. */
  readonly annotations?: ToolAnnotations;
  readonly schema?: ToolSchema<Args>;
}

/** Accepts any object, or no arguments. The handler validates them itself. */
const ANY_ARGUMENTS = z.looseObject({}).default({}).pipe(z.any());

type Registration = (server: McpServer) => void;

/** Registers a tool: runs the handler with its arguments and call, and converts its return value or error to a tool result. */
function registerTool<Args>(
  server: McpServer,
  name: string,
  { schema, ...metadata }: ToolOptions<Args>,
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
  server.registerTool(name, { ...metadata, inputSchema }, run);
}

const isSchema = <Args>(given: ToolOptions<Args> | ToolSchema<Args>): given is ToolSchema<Args> =>
  '~standard' in given;

export class MCPServer {
  readonly #options: MCPServerOptions;
  readonly #tools = new Map<string, Registration>();

  constructor(options: MCPServerOptions) {
    this.#options = options;
  }

  /**
   * Adds a tool. The return value of `handler` becomes the answer: text as it is, anything else as JSON, a plain object also as
   * structured content. A thrown error becomes a tool error with its message. The AI tool reads that message, so never throw an
   * error that contains a secret value.
   *
   * While `client.mcp.requestApproval` waits inside the handler, the AI tool gets progress messages. When the AI tool cancels or
   * disconnects, the wait ends and the request stays pending. The same call made again finds the same request.
   *
   * Without a schema the AI tool does not learn which arguments exist, and without a description not what the tool is for: give both in
   * `options`. Throws Error when the name is taken.
   */
  tool<Args>(name: string, handler: ToolHandler<Args>): void;
  tool<Args>(name: string, schema: ToolSchema<Args>, handler: ToolHandler<Args>): void;
  tool<Args>(name: string, options: ToolOptions<Args>, handler: ToolHandler<Args>): void;
  tool<Args>(
    name: string,
    ...rest:
      | [handler: ToolHandler<Args>]
      | [given: ToolSchema<Args> | ToolOptions<Args>, handler: ToolHandler<Args>]
  ): void {
    if (this.#tools.has(name)) throw new Error(`a tool named ${name} already exists`);
    const [given, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
    const options: ToolOptions<Args> = isSchema(given) ? { schema: given } : given;
    this.#tools.set(name, (server) => registerTool(server, name, options, handler));
  }

  /**
   * Serves the tools on stdin and stdout until stdin ends, the process gets a stop signal, or `close` is called. Add all tools
   * before an AI tool connects. Nothing else may write to stdout: log with `console.error`.
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
