/** Requests of protocol 2026-07-28 as a program without an SDK would send them, for what the SDK's client has no words for. */

import type { ClientCapabilities } from '@modelcontextprotocol/client';

export const TASKS: ClientCapabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

export interface Asking {
  /** Of the server, with `/mcp`. */
  readonly url: string;
  readonly token: string;
  readonly method: string;
  readonly params?: Record<string, unknown>;
  readonly capabilities?: ClientCapabilities;
  readonly signal?: AbortSignal;
}

/** The response as it comes, which may be a stream. */
export function send(asking: Asking): Promise<Response> {
  const { url, token, method, params = {}, capabilities = {}, signal } = asking;
  const name = params['name'] ?? params['taskId'];
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': { name: 'a test', version: '0.0.0' },
  };
  return fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
    ...(signal && { signal }),
  });
}

interface Answered {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** The one JSON-RPC response to a request that is not a stream. */
export async function ask(asking: Asking) {
  const response = await send(asking);
  const answered: Answered = JSON.parse(await response.text());
  return { status: response.status, ...answered };
}

/** `subscriptions/listen` for these addresses. */
export const listening = (uris: readonly unknown[], more: object = {}) => ({
  method: 'subscriptions/listen',
  params: { notifications: { resourceSubscriptions: uris, ...more } },
});
