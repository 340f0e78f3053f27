/** AI tools of every kind: both generations of the SDK, both eras of the protocol, over HTTP and over stdio. */

import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewHttp,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { temporaryFolder } from './folder.js';

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

export interface Connecting {
  /** Of the server, without `/mcp`. */
  readonly url: string;
  readonly token: string;
  readonly kind?: ClientKind;
  /** What the client says it is. */
  readonly name?: string;
  /** The words of a command that speaks MCP on stdio, to use instead of HTTP. */
  readonly through?: readonly [string, ...string[]] | undefined;
}

export async function connectClient(connecting: Connecting): Promise<AnyClient> {
  const { kind = 'v1', name = 'a test', through } = connecting;
  const info = { name, version: '0.0.0' };
  const endpoint = new URL(`${connecting.url}/mcp`);
  const http = { requestInit: { headers: { authorization: `Bearer ${connecting.token}` } } };
  if (kind === 'v1') {
    const client = new OldClient(info);
    const transport = through
      ? new OldStdio(started(through, connecting))
      : new OldHttp(endpoint, http);
    // Its own transports' types do not know exact optional properties.
    await client.connect(transport as Parameters<OldClient['connect']>[0]);
    return client;
  }
  const client = new NewClient(info, { versionNegotiation: { mode: MODES[kind] } });
  await client.connect(
    through ? new NewStdio(started(through, connecting)) : new NewHttp(endpoint, http),
  );
  return client;
}

function started([command, ...args]: readonly [string, ...string[]], { url, token }: Connecting) {
  // A home of its own, where it writes its log.
  const HOME = temporaryFolder('home');
  return { command, args, env: { VSECURE_URL: url, VSECURE_API_KEY: token, HOME } };
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
  /** Milliseconds. */
  readonly timeout?: number;
  readonly onprogress?: (progress: {
    progress: number;
    total?: number | undefined;
    message?: string | undefined;
  }) => void;
}

/** Calls a tool of any server: the result as the client gives it. */
export function callTool(
  client: AnyClient,
  name: string,
  args: Record<string, unknown> = {},
  options: CallOptions = {},
) {
  const question = { name, arguments: args };
  return client instanceof OldClient
    ? client.callTool(question, undefined, options)
    : client.callTool(question, options);
}

/** Calls a tool of vsecure's own server. */
export async function call(
  client: AnyClient,
  name: string,
  args: Record<string, unknown> = {},
  options: CallOptions = {},
): Promise<Answered> {
  const result = await callTool(client, name, args, options);
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

/** The secrets in an answer of `list-secrets`, one by one. */
export function listedSecrets({ text }: Answered): { resource: string; access: string }[] {
  const groups: { folder: string; access: string; names: string[] }[] = JSON.parse(text).secrets;
  return groups.flatMap(({ folder, access, names }) =>
    names.map((name) => ({ resource: folder + name, access })),
  );
}

/** The text of a result that is exactly one text block. */
function textOf(content: unknown): string {
  if (!Array.isArray(content) || content.length !== 1 || content[0]?.type !== 'text')
    throw new Error('one text block was expected');
  return content[0].text;
}
