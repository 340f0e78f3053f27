/** Hands one request to the MCP SDK: a fresh server for this caller only, in the protocol era of the request. */

import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  type CreateMcpHandlerOptions,
  createMcpHandler,
  type Implementation,
  type McpRequestContext,
  McpServer,
  type ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Request, Response } from 'express';
import { MCP_BODY_MAX_BYTES } from '../domain/limits.js';
import { may } from '../domain/rights.js';
import type { ManageSubscriptions } from '../usecases/approvals/manage-subscriptions.js';
import type { WaitForDecision } from '../usecases/approvals/wait-for-decision.js';
import type { ServeChangeStream } from './change-streams.js';
import type { ElicitDuringCall } from './elicit-during-call.js';
import { describeFault, type Logger, type ReportFault } from './fault.js';
import { INSTRUCTIONS } from './instructions.js';
import { type ListenRequest, readListenRequest } from './listen-request.js';
import type { Prompt } from './prompt.js';
import { registerCompletion } from './register-completion.js';
import { registerPrompts } from './register-prompts.js';
import { registerResources } from './register-resources.js';
import { registerTasks } from './register-tasks.js';
import type { Resources } from './resources/index.js';
import { nameOf, serverInfoOf } from './server-info.js';
import { SESSION_HEADER, sessionIdFor } from './session.js';
import type { RequestContext, Tool } from './tool.js';
import { calledTool, refuseEveryTool } from './unknown-tool.js';

export interface ProtocolParts {
  readonly tools: readonly Tool[];
  readonly resources: Resources;
  readonly prompts: readonly Prompt[];
  readonly serveChangeStream: ServeChangeStream;
  readonly elicitDuringCall: ElicitDuringCall;
  readonly subscriptions: Pick<ManageSubscriptions, 'add' | 'remove' | 'newSession'>;
  readonly waitForDecision: WaitForDecision;
  readonly version: string;
  readonly publicOrigin?: string | undefined;
  readonly logger: Logger;
  readonly report: ReportFault;
}

export interface ProtocolHandler {
  /** Answers a request whose body has been read. Resolves when the answer has been sent. */
  serve(req: Request, res: Response, requestContext: RequestContext): Promise<void>;
  close(): Promise<void>;
}

export function createProtocolHandler(parts: ProtocolParts): ProtocolHandler {
  const { tools, serveChangeStream, subscriptions, logger, report } = parts;
  /** Keeps the caller out of the SDK: the SDK passes on an empty `AuthInfo` object, and only that very object finds the request. */
  const requests = new WeakMap<AuthInfo, CurrentRequest>();
  // Mostly mistakes of the client, which the answer explains.
  const onerror = (fault: Error) => logger.debug(describeFault(fault), 'mcp: request refused');
  const options = { onerror, maxRequestBodySize: MCP_BODY_MAX_BYTES };
  // The SDK's own subscriptions are off: they check the URI, not the caller.
  const defaultHandler = mount({ maxSubscriptions: 0 });

  function mount(streamOptions: Pick<CreateMcpHandlerOptions, 'bus' | 'maxSubscriptions'>) {
    const handler = createMcpHandler(createServer, { ...options, ...streamOptions });
    return { answer: toNodeHandler(handler, options), close: () => handler.close() };
  }

  function createServer({ authInfo, era }: McpRequestContext): McpServer {
    const request = authInfo && requests.get(authInfo);
    if (!request) throw new Error('a request reached the MCP server without its caller');
    const { requestContext, toolName } = request;
    if (toolName === undefined) return createFullServer(parts, requestContext, era);
    const server = createBareServer(nameOf(parts.version));
    const tool = tools.find(({ name }) => name === toolName);
    // It registers nothing else, which would only cost time.
    if (tool) tool.register(server, requestContext, parts);
    else refuseEveryTool(server);
    return server;
  }

  return {
    async serve(req, res, requestContext) {
      const authInfo: AuthInfo = {
        token: '',
        clientId: requestContext.caller.principal.id,
        scopes: [],
      };
      requests.set(authInfo, { requestContext, toolName: calledTool(req.body) });
      const sessionId = sessionIdFor(req.body, subscriptions.newSession);
      if (sessionId) res.setHeader(SESSION_HEADER, sessionId);
      const answerWith = ({ answer }: typeof defaultHandler) =>
        answer(sdkRequest(req, authInfo), res, req.body);
      const listenRequest = readListenRequest(req.body);
      if (!listenRequest) await answerWith(defaultHandler);
      else {
        const refusal = await serveChangeStream(listenRequest, requestContext, (bus) => {
          const handler = mount({ bus });
          return { ended: answerWith(handler), close: handler.close };
        });
        if (refusal) return refuse(res, listenRequest, refusal);
      }
      if (res.statusCode === 500) report(new Error('the MCP SDK answered 500'), 'protocol');
    },
    close: defaultHandler.close,
  };
}

interface CurrentRequest {
  readonly requestContext: RequestContext;
  /** The tool that the request calls, if it calls one. */
  readonly toolName: string | undefined;
}

const createBareServer = (info: Implementation) =>
  new McpServer(info, {
    instructions: INSTRUCTIONS,
    capabilities: { tools: { listChanged: false } },
  });

/** The server for everything but tool calls, with all that this caller can use. */
function createFullServer(
  parts: ProtocolParts,
  requestContext: RequestContext,
  era: McpRequestContext['era'],
): McpServer {
  const { tools, resources, prompts, subscriptions, waitForDecision, report } = parts;
  const server = createBareServer(serverInfoOf(parts.version, parts.publicOrigin));
  for (const tool of tools)
    if (may(requestContext.caller, tool.scope)) tool.register(server, requestContext, parts);
  registerResources(server, resources, { requestContext, era, subscriptions }, report);
  if (era === 'modern') registerTasks(server, waitForDecision, requestContext, report);
  registerPrompts(server, prompts);
  const { templates } = resources;
  registerCompletion(server, { templates, prompts }, requestContext, report);
  return server;
}

/** Uses the same status as the SDK: 400 for a missing capability, 200 for every other protocol error. */
function refuse(
  res: Response,
  { id }: ListenRequest,
  { code, message, data }: ProtocolError,
): void {
  const missing = code === ProtocolErrorCode.MissingRequiredClientCapability;
  res.status(missing ? 400 : 200).json({ jsonrpc: '2.0', id, error: { code, message, data } });
}

const ANSWER_TYPES = ['application/json', 'text/event-stream'];

/** The request as the SDK reads it, without the caller's key. */
function sdkRequest(req: Request, auth: AuthInfo): NodeIncomingMessageLike {
  const { authorization: _authorization, cookie: _cookie, ...headers } = req.headers;
  // The SDK looks for both names in the text. `*/*` includes them, and so does no header (RFC 9110, section 12.5.1).
  if (ANSWER_TYPES.every((type) => req.accepts(type))) headers.accept = ANSWER_TYPES.join(', ');
  const { method, url } = req;
  return { method, url, headers, auth, [Symbol.asyncIterator]: () => req[Symbol.asyncIterator]() };
}
