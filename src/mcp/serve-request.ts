/** One request handed to the MCP SDK: a fresh server for this guest alone, in the protocol era that the request speaks. */

import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  type CreateMcpHandlerOptions,
  createMcpHandler,
  type McpRequestContext,
  McpServer,
  type ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Request, Response } from 'express';
import { MCP_BODY_MAX_BYTES } from '../domain/limits.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import type { WaitForDecision } from '../usecases/approvals/wait-for-decision.js';
import type { Listening } from './change-streams.js';
import { describeFault, type Logger, type ReportFault } from './fault.js';
import { INSTRUCTIONS } from './instructions.js';
import type { CallBack } from './legacy-elicitation.js';
import { type ListenRequest, readListen } from './listen-request.js';
import type { Prompt } from './prompt.js';
import { offerCompletion } from './register-completion.js';
import { offerPrompts } from './register-prompts.js';
import { offerResources } from './register-resources.js';
import { offerTasks } from './register-tasks.js';
import type { Resources } from './resources/index.js';
import { SESSION_HEADER, sessionOpenedBy } from './session.js';
import type { RequestContext, Tool } from './tool.js';
import { calledTool, refuseUnknownTool } from './unknown-tool.js';

export interface ServingParts {
  readonly tools: readonly Tool[];
  readonly resources: Resources;
  readonly prompts: readonly Prompt[];
  readonly listening: Listening;
  readonly callBack: CallBack;
  readonly subscriptions: ManageSubscriptions;
  readonly waitForDecision: WaitForDecision;
  readonly version: string;
  readonly logger: Logger;
  readonly report: ReportFault;
}

export interface Serving {
  /** Answers a request whose body has been read. Resolves when the answer has left. */
  serve(req: Request, res: Response, requestContext: RequestContext): Promise<void>;
  close(): Promise<void>;
}

export function createServing(parts: ServingParts): Serving {
  const { tools, listening, subscriptions, logger, report } = parts;
  const names: ReadonlySet<string> = new Set(tools.map(({ name }) => name));
  /** The guest travels beside the SDK: what that passes on is an empty pass, and only this very pass opens the map. */
  const requestContexts = new WeakMap<AuthInfo, ToolCaller>();
  // Mostly requests that a client got wrong; what it was told is in its answer.
  const onerror = (fault: Error) => logger.debug(describeFault(fault), 'mcp: request refused');
  const options = { onerror, maxRequestBodySize: MCP_BODY_MAX_BYTES };
  // Of itself the SDK would let everybody listen to anything: it goes by the address, not by the caller.
  const usual = mount({ maxSubscriptions: 0 });

  function mount(serving: Pick<CreateMcpHandlerOptions, 'bus' | 'maxSubscriptions'>) {
    const handler = createMcpHandler(serverFor, { ...options, ...serving });
    return { answer: toNodeHandler(handler, options), close: () => handler.close() };
  }

  function serverFor({ authInfo, era }: McpRequestContext): McpServer {
    const toolContext = authInfo && requestContexts.get(authInfo);
    if (!toolContext) throw new Error('a request reached the MCP server without its caller');
    const { requestContext, calls } = toolContext;
    const tool = calls === undefined ? undefined : tools.find(({ name }) => name === calls);
    return tool ? furnishFor(tool, parts, requestContext) : furnish(parts, requestContext, era);
  }

  return {
    async serve(req, res, requestContext) {
      const unknown = refuseUnknownTool(req.body, names);
      if (unknown) return void res.json(unknown);
      const pass: AuthInfo = {
        token: '',
        clientId: requestContext.caller.principal.id,
        scopes: [],
      };
      requestContexts.set(pass, { requestContext, calls: calledTool(req.body) });
      const opened = sessionOpenedBy(req.body, subscriptions.newSession);
      if (opened) res.setHeader(SESSION_HEADER, opened);
      const answerBy = ({ answer }: typeof usual) => answer(admitted(req, pass), res, req.body);
      const asked = readListen(req.body);
      if (!asked) await answerBy(usual);
      else {
        const refusal = await listening(asked, requestContext, (bus) => {
          const own = mount({ bus });
          return { over: answerBy(own), close: own.close };
        });
        if (refusal) return refuse(res, asked, refusal);
      }
      if (res.statusCode === 500) report(new Error('the MCP SDK answered 500'), 'protocol');
    },
    close: usual.close,
  };
}

/** Whoever came with a request, and the tool that it calls. */
interface ToolCaller {
  readonly requestContext: RequestContext;
  readonly calls: string | undefined;
}

const bareServer = (version: string) =>
  new McpServer(
    { name: 'vsecure', title: 'vsecure', version },
    { instructions: INSTRUCTIONS, capabilities: { tools: { listChanged: false } } },
  );

/** The server of one call: all that it could do beside the one tool would be set up for nothing. */
function furnishFor(tool: Tool, parts: ServingParts, requestContext: RequestContext): McpServer {
  const server = bareServer(parts.version);
  tool.register(server, requestContext, parts);
  return server;
}

/** The server of any other request, with everything that this guest is offered. */
function furnish(
  parts: ServingParts,
  requestContext: RequestContext,
  era: McpRequestContext['era'],
): McpServer {
  const { tools, resources, prompts, subscriptions, waitForDecision, version, report } = parts;
  const server = bareServer(version);
  for (const tool of tools) tool.register(server, requestContext, parts);
  offerResources(server, resources, { requestContext, era, subscriptions }, report);
  if (era === 'modern') offerTasks(server, waitForDecision, requestContext, report);
  offerPrompts(server, prompts);
  offerCompletion(server, { families: resources.families, prompts }, requestContext, report);
  return server;
}

/** As the SDK answers what a handler refuses: 200, but for a capability that is missing (400). */
function refuse(
  res: Response,
  { id }: ListenRequest,
  { code, message, data }: ProtocolError,
): void {
  const missing = code === ProtocolErrorCode.MissingRequiredClientCapability;
  res.status(missing ? 400 : 200).json({ jsonrpc: '2.0', id, error: { code, message, data } });
}

/** What the SDK reads of a request. The caller's key goes no further than this. */
function admitted(req: Request, auth: AuthInfo): NodeIncomingMessageLike {
  const { authorization: _authorization, cookie: _cookie, ...headers } = req.headers;
  const { method, url } = req;
  return { method, url, headers, auth, [Symbol.asyncIterator]: () => req[Symbol.asyncIterator]() };
}
