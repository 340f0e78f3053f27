/** The MCP endpoint: both protocol eras on one path, a fresh server for every request, nothing kept in between by this process. */

import { INTERNAL_ERROR, INVALID_REQUEST } from '@modelcontextprotocol/server';
import type { Request, Response } from 'express';
import type { Caller } from '../domain/rights.js';
import type { UseCases } from '../usecases/index.js';
import { createTakingBack } from './call-cancellation.js';
import { createListening } from './change-streams.js';
import { createReportFault, type Logger } from './fault.js';
import type { FollowingUseCases } from './followed-approvals.js';
import { createCallBack, readReply } from './legacy-elicitation.js';
import { createExchanges } from './open-exchanges.js';
import { createPrompts } from './prompts/index.js';
import { createReadBody } from './request-body.js';
import { createResources, type ResourceUseCases } from './resources/index.js';
import { createServing } from './serve-request.js';
import { readSession, SESSION_HEADER } from './session.js';
import { createServeSession } from './session-stream.js';
import type { RequestContext } from './tool.js';
import { createTools, type McpUseCases } from './tools/index.js';

export interface McpParts {
  readonly useCases: McpUseCases &
    ResourceUseCases &
    FollowingUseCases &
    Pick<UseCases, 'askToolUser' | 'manageSubscriptions'>;
  /** Who sent this request. It was authenticated before it came here; throws when it was not. */
  readonly callerOf: (req: Request) => Caller;
  readonly logger: Logger;
  readonly version: string;
  /** Web pages that may call, as in an `Origin` header. Default: none; programs send no such header. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Milliseconds after which a stream of changes is ended. Default: an hour. */
  readonly streamLasts?: number | undefined;
  /** Milliseconds that a person has to answer a question, where the call waits for it. Default: 45 s. */
  readonly answerWithin?: number | undefined;
}

export interface McpEndpoint {
  /** For `app.all('/mcp', authenticate, endpoint.handle)`. No body parser may stand in front of it. */
  handle(req: Request, res: Response): void;
  /** Gives everyone who waits their answer now, lets the answers leave (at most 3 s), then refuses. */
  close(): Promise<void>;
}

/** Milliseconds. */
const DRAIN_MAX = 3000;

/** Never sends the message of a fault to a client: it answers with a reference that the log knows. */
export function createMcpEndpoint(parts: McpParts): McpEndpoint {
  const {
    useCases,
    callerOf,
    logger,
    version,
    allowedOrigins = [],
    streamLasts,
    answerWithin,
  } = parts;
  const report = createReportFault(logger);
  const serving = createServing({
    tools: createTools(useCases),
    resources: createResources(useCases),
    prompts: createPrompts(useCases.listSecrets),
    listening: createListening(useCases, report, streamLasts),
    callBack: createCallBack(useCases.askToolUser, answerWithin),
    subscriptions: useCases.manageSubscriptions,
    waitForDecision: useCases.waitForDecision,
    version,
    logger,
    report,
  });
  const serveSession = createServeSession(useCases.manageSubscriptions, streamLasts);
  const exchanges = createExchanges();
  const unlessTakenBack = createTakingBack();
  const readBody = createReadBody();
  let closed = false;

  async function exchange(req: Request, res: Response, leaving: AbortSignal): Promise<void> {
    const { origin } = req.headers;
    if (origin !== undefined && !allowedOrigins.includes(origin))
      return refuse(res, 403, INVALID_REQUEST, 'This origin may not call');
    if (closed) return refuse(res, 503, INTERNAL_ERROR, 'The server is stopping');
    const caller = callerOf(req);
    const requestContext: RequestContext = {
      caller,
      leaving,
      session: readSession(req.headers[SESSION_HEADER]),
    };
    if (await serveSession(req.method, res, requestContext)) return;
    const problem = await readBody(req, res);
    if (problem) return refuse(res, problem.status, problem.code, problem.message);
    res.setHeader('Cache-Control', 'no-store');
    const reply = readReply(req.body);
    if (reply) {
      await useCases.askToolUser.answer(caller, reply.id, reply.answer);
      return void res.status(202).end();
    }
    await unlessTakenBack(req.body, requestContext, (one) => serving.serve(req, res, one));
  }

  return {
    handle(req, res) {
      exchanges.track((leaving) =>
        exchange(req, res, leaving).catch((fault: unknown) => {
          const reference = report(fault, 'http');
          refuse(res, 500, INTERNAL_ERROR, `internal error, reference ${reference}`);
        }),
      );
    },
    async close() {
      closed = true;
      await exchanges.drain(DRAIN_MAX);
      await serving.close();
    },
  };
}

/** A refusal before the protocol has seen the request: an HTTP status and a JSON-RPC error without an id. */
function refuse(res: Response, status: number, code: number, message: string): void {
  if (res.headersSent) res.end();
  else res.status(status).json({ jsonrpc: '2.0', error: { code, message }, id: null });
}
