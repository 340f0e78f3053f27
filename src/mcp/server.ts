/** The MCP endpoint: both protocol eras on one path, and a fresh server for every request. The process keeps no sessions. */

import { INTERNAL_ERROR, INVALID_REQUEST } from '@modelcontextprotocol/server';
import type { Request, Response } from 'express';
import type { Caller } from '../domain/rights.js';
import { RETRY_AFTER_SECONDS } from '../ports/unavailable.js';
import type { UseCases } from '../usecases/index.js';
import { createCallCancellation } from './call-cancellation.js';
import type { ChangeStreamUseCases } from './change-events.js';
import { createChangeStreams } from './change-streams.js';
import { createElicitDuringCall, readElicitationReply } from './elicit-during-call.js';
import { createReportFault, type Logger } from './fault.js';
import { createExchanges } from './open-exchanges.js';
import { createPrompts } from './prompts/index.js';
import { createProtocolHandler } from './protocol-handler.js';
import { createReadBody } from './request-body.js';
import { createResources, type ResourceUseCases } from './resources/index.js';
import { readSession, SESSION_HEADER } from './session.js';
import { createServeSession } from './session-stream.js';
import type { RequestContext } from './tool.js';
import { createTools, type McpUseCases } from './tools/index.js';

export interface McpParts {
  readonly useCases: McpUseCases &
    ResourceUseCases &
    ChangeStreamUseCases &
    Pick<UseCases, 'askToolUser' | 'manageSubscriptions'>;
  /** The authenticated sender of the request. Throws when the request was not authenticated. */
  readonly callerOf: (req: Request) => Caller;
  /** Called when the body was read. False when the answer was sent, because the key is no longer valid. */
  readonly recheckCaller: (req: Request, res: Response) => Promise<boolean>;
  readonly logger: Logger;
  /** Whether the current request has committed a change. Default: no. */
  readonly hasChanged?: () => boolean;
  readonly version: string;
  /** The public origin, such as `https://vsecure.example.com`, where a proxy changes the Host header. */
  readonly publicOrigin?: string | undefined;
  /** Milliseconds after which the server ends a stream of changes. Default: an hour. */
  readonly streamMaxAgeMs?: number | undefined;
  /** Milliseconds that a user has to answer a question while the call waits. Default: 45 s. */
  readonly answerTimeoutMs?: number | undefined;
}

export interface McpEndpoint {
  /** For `app.all('/mcp', authenticate, endpoint.handle)`. No body parser may run before it. */
  handle(req: Request, res: Response): void;
  /** Ends every wait, sends the pending answers (within 3 s), then refuses new requests. */
  close(): Promise<void>;
}

/** Milliseconds. */
const DRAIN_MAX = 3000;

/** Never sends the message of an internal error to a client: the client gets a reference to the log instead. */
export function createMcpEndpoint(parts: McpParts): McpEndpoint {
  const { useCases, callerOf, logger, version, publicOrigin, streamMaxAgeMs, answerTimeoutMs } =
    parts;
  const contextOf = (req: Request, stopSignal: AbortSignal): RequestContext => ({
    caller: callerOf(req),
    stopSignal,
    session: readSession(req.headers[SESSION_HEADER]),
  });
  const report = createReportFault(logger, parts.hasChanged ?? (() => false));
  const protocol = createProtocolHandler({
    tools: createTools(useCases),
    resources: createResources(useCases),
    prompts: createPrompts(useCases.listSecrets),
    serveChangeStream: createChangeStreams(useCases, report, streamMaxAgeMs),
    elicitDuringCall: createElicitDuringCall(useCases.askToolUser, answerTimeoutMs),
    subscriptions: useCases.manageSubscriptions,
    waitForDecision: useCases.waitForDecision,
    version,
    publicOrigin,
    logger,
    report,
  });
  const serveSession = createServeSession(useCases.manageSubscriptions, streamMaxAgeMs);
  const exchanges = createExchanges();
  const runCancellable = createCallCancellation();
  const readBody = createReadBody();
  let closed = false;

  async function exchange(req: Request, res: Response, stopSignal: AbortSignal): Promise<void> {
    const { origin, host } = req.headers;
    if (origin !== undefined && origin !== publicOrigin && !isOriginOf(host, origin))
      return refuse(res, 403, INVALID_REQUEST, 'This origin is not allowed');
    if (closed) return refuse(res, 503, INTERNAL_ERROR, 'The server is stopping');
    if (await serveSession(req.method, res, contextOf(req, stopSignal))) return;
    const problem = await readBody(req, res);
    if (problem) return refuse(res, problem.status, problem.code, problem.message);
    if (!(await parts.recheckCaller(req, res))) return;
    const requestContext = contextOf(req, stopSignal);
    res.setHeader('Cache-Control', 'no-store');
    const reply = readElicitationReply(req.body);
    if (reply) {
      await useCases.askToolUser.answer(requestContext.caller, reply.id, reply.answer);
      return void res.status(202).end();
    }
    await runCancellable(req.body, requestContext, (context) => protocol.serve(req, res, context));
  }

  return {
    handle(req, res) {
      exchanges.track((stopSignal) =>
        exchange(req, res, stopSignal).catch((fault: unknown) => {
          const { code, message } = report(fault, 'http');
          refuse(res, code === 'unavailable' ? 503 : 500, INTERNAL_ERROR, message);
        }),
      );
    },
    async close() {
      closed = true;
      await exchanges.drain(DRAIN_MAX);
      await protocol.close();
    },
  };
}

/**
 * True for a page of this server, which has the same host and port as the request. The host check has accepted that host before.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
const isOriginOf = (host: string | undefined, origin: string): boolean =>
  host !== undefined && [`http://${host}`, `https://${host}`].includes(origin);

/** Refuses a request before the protocol has seen it: an HTTP status and a JSON-RPC error without an id. */
function refuse(res: Response, status: number, code: number, message: string): void {
  if (res.headersSent) return void res.end();
  if (status === 503) res.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  res.status(status).json({ jsonrpc: '2.0', error: { code, message }, id: null });
}
