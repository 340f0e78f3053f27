/** One request handed to the MCP SDK: a fresh server for this guest alone, in the protocol era that the request speaks. */

import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import { type AuthInfo, createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { Request, Response } from 'express';
import { BODY_MAX_BYTES } from './body.js';
import { describeFault, type Logger, type ReportFault } from './fault.js';
import { INSTRUCTIONS } from './instructions.js';
import { offerCompletion } from './offer-completion.js';
import { offerPrompts } from './offer-prompts.js';
import { offerResources } from './offer-resources.js';
import type { Prompt } from './prompt.js';
import type { Resources } from './resources/index.js';
import type { Guest, Tool } from './tool.js';
import { refuseUnknownTool } from './unknown-tool.js';

export interface ServingParts {
  readonly tools: readonly Tool[];
  readonly resources: Resources;
  readonly prompts: readonly Prompt[];
  readonly version: string;
  readonly logger: Logger;
  readonly report: ReportFault;
}

export interface Serving {
  /** Answers a request whose body has been read. Resolves when the answer has left. */
  serve(req: Request, res: Response, guest: Guest): Promise<void>;
  close(): Promise<void>;
}

export function createServing(parts: ServingParts): Serving {
  const { tools, resources, prompts, version, logger, report } = parts;
  const names: ReadonlySet<string> = new Set(tools.map(({ name }) => name));
  const completable = { families: resources.families, prompts };
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
    offerResources(server, resources, guest, report);
    offerPrompts(server, prompts);
    offerCompletion(server, completable, guest, report);
    return server;
  }

  return {
    async serve(req, res, guest) {
      const unknown = refuseUnknownTool(req.body, names);
      if (unknown) return void res.json(unknown);
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
