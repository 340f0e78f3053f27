/** One request handed to the MCP SDK: a fresh server for this guest alone, in the protocol era that the request speaks. */

import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import { type AuthInfo, createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { Request, Response } from 'express';
import { BODY_MAX_BYTES } from './body.js';
import { describeFault, type Logger, type ReportFault } from './fault.js';
import { INSTRUCTIONS } from './instructions.js';
import type { Guest, Tool } from './tool.js';

export interface ServingParts {
  readonly tools: readonly Tool[];
  readonly version: string;
  readonly logger: Logger;
  readonly report: ReportFault;
}

export interface Serving {
  /** Answers a request whose body has been read. Resolves when the answer has left. */
  serve(req: Request, res: Response, guest: Guest): Promise<void>;
  close(): Promise<void>;
}

export function createServing({ tools, version, logger, report }: ServingParts): Serving {
  /** The guest travels beside the SDK: what that passes on is an empty pass, and only this very pass opens the map. */
  const guests = new WeakMap<AuthInfo, Guest>();
  // Mostly requests that a client got wrong; what it was told is in its answer.
  const onerror = (fault: Error) => logger.debug(describeFault(fault), 'mcp: request refused');
  const options = { onerror, maxRequestBodySize: BODY_MAX_BYTES };
  const handler = createMcpHandler(({ authInfo }) => serverFor(authInfo), options);
  const answer = toNodeHandler(handler, options);

  function serverFor(pass: AuthInfo | undefined): McpServer {
    const guest = pass && guests.get(pass);
    if (!guest) throw new Error('a request reached the MCP server without its caller');
    const server = new McpServer(
      { name: 'vsecure', title: 'vsecure', version },
      { instructions: INSTRUCTIONS, capabilities: { tools: { listChanged: false } } },
    );
    for (const tool of tools) tool.register(server, guest, report);
    return server;
  }

  return {
    async serve(req, res, guest) {
      const pass: AuthInfo = { token: '', clientId: guest.caller.principal.id, scopes: [] };
      guests.set(pass, guest);
      await answer(admitted(req, pass), res, req.body);
      if (res.statusCode === 500) report(new Error('the MCP SDK answered 500'), 'protocol');
    },
    close: () => handler.close(),
  };
}

/** What the SDK reads of a request. The caller's key goes no further than this. */
function admitted(req: Request, auth: AuthInfo): NodeIncomingMessageLike {
  const { authorization: _authorization, cookie: _cookie, ...headers } = req.headers;
  const { method, url } = req;
  return { method, url, headers, auth, [Symbol.asyncIterator]: () => req[Symbol.asyncIterator]() };
}
