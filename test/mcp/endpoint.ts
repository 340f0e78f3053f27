/** The MCP endpoint as the program mounts it: behind a bearer check, on a real HTTP server, with clients of every kind. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewHttp,
} from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import express, { type Request } from 'express';
import type { Caller } from '../../src/domain/rights.js';
import { createMcpEndpoint, type McpParts } from '../../src/mcp/server.js';

export type AnyClient = OldClient | NewClient;
export type ClientKind = (typeof CLIENT_KINDS)[number];
export const CLIENT_KINDS = ['v1', 'v2 legacy', 'v2 auto', 'v2 pinned'] as const;

/** The protocol that each kind ends up with. */
export const ERA: Record<ClientKind, string> = {
  v1: '2025-11-25',
  'v2 legacy': '2025-11-25',
  'v2 auto': '2026-07-28',
  'v2 pinned': '2026-07-28',
};

const MODES = {
  'v2 legacy': 'legacy',
  'v2 auto': 'auto',
  'v2 pinned': { pin: '2026-07-28' },
} as const;

export type TestEndpoint = Awaited<ReturnType<typeof startEndpoint>>;

export interface EndpointOptions {
  readonly useCases: McpParts['useCases'];
  /** Whose key is this token? */
  readonly keys: Readonly<Record<string, Caller>>;
  readonly allowedOrigins?: readonly string[];
}

/** One line of the log as the endpoint wrote it. */
export interface LogLine {
  readonly details: object;
  readonly message: string;
}

export async function startEndpoint({ useCases, keys, allowedOrigins }: EndpointOptions) {
  const errors: LogLine[] = [];
  const callers = new WeakMap<Request, Caller>();
  const endpoint = createMcpEndpoint({
    useCases,
    callerOf: (req) => callers.get(req) ?? fail('this request was not authenticated'),
    logger: { debug: () => {}, error: (details, message) => errors.push({ details, message }) },
    version: '1.2.3',
    allowedOrigins,
  });

  const app = express();
  app.use('/mcp', (req, res, next) => {
    const caller = keys[req.headers.authorization?.replace('Bearer ', '') ?? ''];
    if (!caller) return void res.status(401).end();
    callers.set(req, caller);
    next();
  });
  app.all('/mcp', endpoint.handle);
  app.all('/unguarded', endpoint.handle);

  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  const clients: AnyClient[] = [];

  return {
    url: `${origin}/mcp`,
    origin,
    errors,
    stop: () => endpoint.close(),

    async client(token: string, kind: ClientKind = 'v1', name = 'a test'): Promise<AnyClient> {
      const client = await connect(kind, `${origin}/mcp`, token, name);
      clients.push(client);
      return client;
    },

    /** A POST as any program could send it. */
    post: (body: string, headers: Record<string, string> = {}) =>
      fetch(`${origin}/mcp`, {
        method: 'POST',
        body,
        headers: {
          authorization: `Bearer ${Object.keys(keys)[0]}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      }),

    async close() {
      for (const client of clients) await client.close();
      await endpoint.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function connect(
  kind: ClientKind,
  url: string,
  token: string,
  name: string,
): Promise<AnyClient> {
  const options = { requestInit: { headers: { authorization: `Bearer ${token}` } } };
  const info = { name, version: '0.0.0' };
  if (kind === 'v1') {
    const client = new OldClient(info);
    // Its own transport's types do not know exact optional properties.
    await client.connect(new OldHttp(new URL(url), options) as Parameters<OldClient['connect']>[0]);
    return client;
  }
  const client = new NewClient(info, { versionNegotiation: { mode: MODES[kind] } });
  await client.connect(new NewHttp(new URL(url), options));
  return client;
}

/** What a tool answered, in the words of every client. */
export interface Answered {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Record<string, unknown> | undefined;
  /** The error of an `isError` answer. */
  readonly error: { readonly code: string; readonly message: string; readonly next?: unknown };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: {
    progress: number;
    total?: number | undefined;
    message?: string | undefined;
  }) => void;
}

export async function call(
  client: AnyClient,
  name: string,
  args: Record<string, unknown> = {},
  options: CallOptions = {},
): Promise<Answered> {
  const question = { name, arguments: args };
  const result =
    client instanceof OldClient
      ? await client.callTool(question, undefined, options)
      : await client.callTool(question, options);
  const text = textOf(result.content);
  return {
    isError: result.isError === true,
    text,
    structured: result.structuredContent as Record<string, unknown> | undefined,
    error: result.isError ? JSON.parse(text).error : undefined,
  };
}

/** The fields of an answer that is no error. */
export function fields(answered: Answered): Record<string, string> {
  if (answered.isError || !answered.structured) throw new Error(`refused: ${answered.text}`);
  return answered.structured as Record<string, string>;
}

/** The text of a result that is exactly one text block. */
function textOf(content: unknown): string {
  if (!Array.isArray(content) || content.length !== 1 || content[0]?.type !== 'text')
    throw new Error('one text block was expected');
  return content[0].text;
}

function fail(message: string): never {
  throw new Error(message);
}
