/** Carries MCP messages between an AI tool's stdio and vsecure's `/mcp`. It forwards every message and interprets no more than it needs. */
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
import { createLineSplitter, LINE_MAX_BYTES } from './lines.js';
import { type Calls, createCalls } from './open-calls.js';
import { createOutput, createRedact, type Output } from './output.js';
import { keepSessionStream } from './session-stream.js';

export interface RelayOptions {
  /** The base address of vsecure, http or https; `/mcp` is appended. */
  readonly url: URL;
  readonly apiKey: string;
  readonly stdin: Readable;
  /** Gets only JSON-RPC, one message per line. */
  readonly stdout: Writable;
  /** Gets sentences for people. Never the key, never a part of a message. */
  readonly log: (line: string) => void;
  /** An abort ends the relay, like the end of stdin. */
  readonly signal?: AbortSignal;
}

/**
 * Relays until stdin ends, stdout closes or `signal` aborts. Then it aborts the open calls, flushes stdout and resolves.
 * When the server fails, the relay answers the call with an error, logs it and continues. It does not close the streams.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { stdin, stdout, signal } = options;
  const redact = createRedact(options.apiKey);
  const calls = createCalls();
  const end = createLatch();
  const output = createOutput(stdout, redact, end.close);
  const handle = createHandler(serverAt(options), calls, output, (line) =>
    options.log(redact(line)),
  );
  const split = createLineSplitter(LINE_MAX_BYTES, (line) => handle(readIncoming(line)));

  for (const event of ['end', 'close', 'error']) stdin.on(event, end.close);
  signal?.addEventListener('abort', end.close, { once: true });
  if (signal?.aborted) end.close();
  else stdin.on('data', split);

  await end.closed;
  stdin.off('data', split).pause();
  await calls.stop();
  await output.flush();
}

/** The server at a base address. */
export function serverAt({ url, apiKey }: Pick<RelayOptions, 'url' | 'apiKey'>): Server {
  const at = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return { at, apiKey, endpoint: new URL(`${at}/mcp`) };
}

/** Handles each message of the AI tool. */
function createHandler(server: Server, calls: Calls, output: Output, log: (line: string) => void) {
  let protocolVersion: string | undefined;
  let session: string | undefined;
  let sessionStream = new AbortController();
  const onSession = (id: string) => {
    session = id;
  };
  const negotiated = () => ({ protocolVersion, session, onSession });

  return function handle(incoming: Incoming): void {
    switch (incoming.kind) {
      case 'request':
        call(incoming.message);
        return;
      case 'one-way':
        sendOneWay(incoming.message);
        return;
      case 'cancel':
        // Not forwarded: the closed connection identifies the cancelled call to the server better than an id does.
        if (incoming.requestId !== undefined) calls.cancel(incoming.requestId);
        return;
      case 'refused':
        log(incoming.answer.error.message);
        output.send(incoming.answer);
        return;
      case 'blank':
        return;
    }
  };

  function call(message: JSONRPCRequest): void {
    if (calls.has(message.id)) {
      output.send(ID_IN_USE);
      return;
    }
    calls.start(message.id, async (signal) => {
      const deliver = (answer: JSONRPCMessage) => forwardAnswer(answer, message);
      const fault = await exchange(server, { message, ...negotiated(), signal, deliver });
      if (fault === undefined) return;
      log(fault.message);
      output.send(faultResponse(message.id, fault));
    });
  }

  function sendOneWay(message: JSONRPCMessage): void {
    calls.start(undefined, async (signal) => {
      const deliver = output.send;
      const fault = await exchange(server, { message, ...negotiated(), signal, deliver });
      if (fault) log(fault.message);
      else if (isInitialized(message)) openSessionStream();
    });
  }

  /** A client that initializes again gets a new session. The stream of the old session is closed. */
  function openSessionStream(): void {
    sessionStream.abort();
    sessionStream = new AbortController();
    if (session === undefined) return;
    const job = { session, protocolVersion, deliver: output.send };
    const { signal: replaced } = sessionStream;
    calls.start(undefined, (stopping) =>
      keepSessionStream(server, { ...job, signal: AbortSignal.any([replaced, stopping]) }),
    );
  }

  function forwardAnswer(answer: JSONRPCMessage, { id, method }: JSONRPCRequest): void {
    if (method === 'initialize') protocolVersion = negotiatedVersion(answer) ?? protocolVersion;
    if (isJSONRPCResponse(answer)) calls.answered(id);
    output.send(answer);
  }
}

const isInitialized = (message: JSONRPCMessage) =>
  isJSONRPCNotification(message) && message.method === 'notifications/initialized';

/** Has no id. Otherwise the client could take it for the answer to the call that uses the id. */
const ID_IN_USE = errorResponse(null, {
  code: INVALID_REQUEST,
  message: 'the id of this request is already used by a call that has not been answered yet',
});

/** MCP 2025-06-18 and later: after `initialize` every POST names the version in its `MCP-Protocol-Version` header. */
function negotiatedVersion(answer: JSONRPCMessage): string | undefined {
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
