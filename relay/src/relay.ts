/** Carries MCP between an AI tool's stdio and vsecure's `/mcp`: every message through, none understood more than needed. */
import type { Readable, Writable } from 'node:stream';
import {
  INVALID_REQUEST,
  isJSONRPCNotification,
  isJSONRPCResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from '@modelcontextprotocol/client';
import { exchange, type Server } from './exchange.js';
import { errorResponse, faultResponse } from './fault.js';
import { type Incoming, readIncoming } from './incoming.js';
import { createLineCutter, LINE_MAX_BYTES } from './lines.js';
import { type Calls, createCalls } from './open-calls.js';
import { createOutlet, createRedact, type Outlet } from './output.js';
import { watch } from './session-stream.js';

export interface RelayOptions {
  /** The base address of vsecure, http or https; `/mcp` is appended. */
  readonly url: URL;
  readonly apiKey: string;
  readonly stdin: Readable;
  /** Gets JSON-RPC only, one message a line. */
  readonly stdout: Writable;
  /** Takes sentences for people. Never the key, never a part of a message. */
  readonly log: (line: string) => void;
  /** Aborting it ends the relay like the end of stdin does. */
  readonly signal?: AbortSignal;
}

/**
 * Relays until stdin ends, stdout closes or `signal` fires; then aborts what is under way, flushes stdout and resolves.
 * Faults of the server are answered to the caller and logged; the relay goes on. The streams are left open.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { stdin, stdout, signal } = options;
  const redact = createRedact(options.apiKey);
  const calls = createCalls();
  const over = createLatch();
  const outlet = createOutlet(stdout, redact, over.close);
  const handle = createHandler(serverAt(options), calls, outlet, (line) =>
    options.log(redact(line)),
  );
  const cut = createLineCutter(LINE_MAX_BYTES, (line) => handle(readIncoming(line)));

  for (const event of ['end', 'close', 'error']) stdin.on(event, over.close);
  signal?.addEventListener('abort', over.close, { once: true });
  if (signal?.aborted) over.close();
  else stdin.on('data', cut);

  await over.closed;
  stdin.off('data', cut).pause();
  await calls.stop();
  await outlet.flush();
}

/** The endpoint and the name of the server at a base address. */
export function serverAt({ url, apiKey }: Pick<RelayOptions, 'url' | 'apiKey'>): Server {
  const at = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return { at, apiKey, endpoint: new URL(`${at}/mcp`) };
}

/** What is done with each message of the AI tool. */
function createHandler(server: Server, calls: Calls, outlet: Outlet, log: (line: string) => void) {
  let protocolVersion: string | undefined;
  let session: string | undefined;
  let watching = new AbortController();
  const onSession = (id: string) => {
    session = id;
  };
  const agreed = () => ({ protocolVersion, session, onSession });

  return function handle(incoming: Incoming): void {
    switch (incoming.kind) {
      case 'request':
        call(incoming.message);
        return;
      case 'one-way':
        tell(incoming.message);
        return;
      case 'cancel':
        // Not passed on: without a session the server could not tell what is meant, the closed connection it can.
        if (incoming.requestId !== undefined) calls.cancel(incoming.requestId);
        return;
      case 'refused':
        log(incoming.answer.error.message);
        outlet.send(incoming.answer);
        return;
      case 'blank':
        return;
    }
  };

  function call(message: JSONRPCRequest): void {
    if (calls.has(message.id)) {
      outlet.send(ID_IN_USE);
      return;
    }
    calls.start(message.id, async (signal) => {
      const deliver = (answer: JSONRPCMessage) => pass(answer, message);
      const fault = await exchange(server, { message, ...agreed(), signal, deliver });
      if (fault === undefined) return;
      log(fault.message);
      outlet.send(faultResponse(message.id, fault));
    });
  }

  function tell(message: JSONRPCMessage): void {
    calls.start(undefined, async (signal) => {
      const deliver = outlet.send;
      const fault = await exchange(server, { message, ...agreed(), signal, deliver });
      if (fault) log(fault.message);
      else if (isInitialized(message)) begin();
    });
  }

  /** A client that begins anew has a new session, and nothing is told of the old one any more. */
  function begin(): void {
    watching.abort();
    watching = new AbortController();
    if (session === undefined) return;
    const job = { session, protocolVersion, deliver: outlet.send };
    const { signal: replaced } = watching;
    calls.start(undefined, (stopping) =>
      watch(server, { ...job, signal: AbortSignal.any([replaced, stopping]) }),
    );
  }

  function pass(answer: JSONRPCMessage, { id, method }: JSONRPCRequest): void {
    if (method === 'initialize') protocolVersion = agreedVersion(answer) ?? protocolVersion;
    if (isJSONRPCResponse(answer)) calls.answered(id);
    outlet.send(answer);
  }
}

const isInitialized = (message: JSONRPCMessage) =>
  isJSONRPCNotification(message) && message.method === 'notifications/initialized';

/** Without an id, lest it be taken for the answer to the call that has the id. */
const ID_IN_USE = errorResponse(null, {
  code: INVALID_REQUEST,
  message: 'the id of this request belongs to a call that has not been answered yet',
});

/** MCP 2025-06-18 and later: after `initialize` every POST names the version in its `MCP-Protocol-Version` header. */
function agreedVersion(answer: JSONRPCMessage): string | undefined {
  if (!isJSONRPCResultResponse(answer)) return undefined;
  const version = answer.result['protocolVersion'];
  return typeof version === 'string' && /^[\w.-]{1,64}$/.test(version) ? version : undefined;
}

function createLatch() {
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return { close, closed };
}
