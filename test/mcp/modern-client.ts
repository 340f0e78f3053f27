/** Sends requests of protocol 2026-07-28 without an SDK, for requests that the SDK's client cannot make. */

import type { ClientCapabilities } from '@modelcontextprotocol/client';

export const TASKS: ClientCapabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

export interface ModernRequest {
  /** The URL of the server, with `/mcp`. */
  readonly url: string;
  readonly token: string;
  readonly method: string;
  readonly params?: Record<string, unknown>;
  readonly capabilities?: ClientCapabilities;
  readonly signal?: AbortSignal;
}

/** The raw response, which may be a stream. */
export function send(request: ModernRequest): Promise<Response> {
  const { url, token, method, params = {}, capabilities = {}, signal } = request;
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

interface JsonRpcResponse {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** The one JSON-RPC response to a request that is not a stream. */
export async function ask(request: ModernRequest) {
  const response = await send(request);
  const answer: JsonRpcResponse = JSON.parse(await response.text());
  return { status: response.status, ...answer };
}

/** A `subscriptions/listen` request for these URIs. */
export const listenFor = (uris: readonly unknown[], more: object = {}) => ({
  method: 'subscriptions/listen',
  params: { notifications: { resourceSubscriptions: uris, ...more } },
});
