/** Sends one message to vsecure and receives the answer: a POST, answered with JSON or an event stream. */
import {
  type FetchLike,
  isJSONRPCRequest,
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { createAnswer } from './answer.js';
import { fetchWhenUp } from './connect.js';
import { type Effect, effectOf } from './effect.js';
import { brokenOff, type Fault, faultOfError, faultOfStatus, notMcp } from './fault.js';

/** The address of vsecure and the API key. */
export interface Server {
  readonly endpoint: URL;
  readonly apiKey: string;
  /** The base address, for error messages. */
  readonly at: string;
}

export interface Exchange {
  readonly message: JSONRPCMessage;
  /** The version that `initialize` negotiated. A request of protocol 2026-07-28 states its own version and has no session. */
  readonly protocolVersion: string | undefined;
  readonly session: string | undefined;
  /** Called with the id of the session that the answer opens. */
  readonly onSession: (id: string) => void;
  /** An abort closes the connection, which ends the call in vsecure too. */
  readonly signal: AbortSignal;
  /** Called with each message of the answer as it arrives; the response comes at most once. */
  readonly deliver: (message: JSONRPCMessage) => void;
}

/**
 * Posts one message and delivers the answer. Resolves when the answer has ended: with undefined, or with the fault
 * because of which a request got no response. Delivers nothing after an abort. Never rejects.
 */
export async function exchange(server: Server, job: Exchange): Promise<Fault | undefined> {
  const { message, signal } = job;
  const id = isJSONRPCRequest(message) ? message.id : undefined;
  const answer = createAnswer(id, signal, job.deliver);
  const received: Received = {};
  try {
    const transport = createTransport(server, received, job);
    transport.onmessage = answer.take;
    await transport.start();
    await sendAndDrain(transport, message, received, signal);
    return id === undefined || isDone()
      ? undefined
      : unanswered(received, server.at, effectOf(message));
  } catch (error) {
    answer.takeRefusal(error);
    return isDone() ? undefined : faultOf(error, received, server.at, effectOf(message));
  }

  function isDone(): boolean {
    return answer.isAnswered() || signal.aborted;
  }
}

/** The HTTP response to the POST. The transport does not expose it. */
interface Received {
  response?: Response;
}

function createTransport({ endpoint, apiKey }: Server, received: Received, job: Exchange) {
  const { protocolVersion, session: sessionId } = job;
  const post: FetchLike = async (url, init) => {
    // After `initialized` the transport opens a stream. It would end with this exchange, so it is refused here.
    if (init?.method !== 'POST') return new Response(null, { status: 405 });
    received.response = await fetchWhenUp(url, init);
    const opened = received.response.headers.get('mcp-session-id');
    if (opened !== null) job.onSession(opened);
    return received.response;
  };
  return new StreamableHTTPClientTransport(endpoint, {
    fetch: post,
    // Redirects are not followed: the key is for one address only.
    requestInit: { headers: { authorization: `Bearer ${apiKey}` }, redirect: 'manual' },
    reconnectionOptions: NO_RECONNECTION,
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
    ...(sessionId === undefined ? {} : { sessionId }),
  });
}

const NO_RECONNECTION = {
  maxRetries: 0,
  initialReconnectionDelay: 0,
  maxReconnectionDelay: 0,
  reconnectionDelayGrowFactor: 1,
};

/** `send` resolves when a JSON answer has been read, but as soon as an event stream begins. This waits for the end of the stream too. */
async function sendAndDrain(
  transport: StreamableHTTPClientTransport,
  message: JSONRPCMessage,
  received: Received,
  signal: AbortSignal,
): Promise<void> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // The transport does not report the end of an aborted stream.
  signal.addEventListener('abort', end, { once: true });
  await transport.send(message, { requestSignal: signal, onRequestStreamEnd: end });
  if (isJSONRPCRequest(message) && isEventStream(received.response)) await ended;
}

function isEventStream(response: Response | undefined): boolean {
  return /^text\/event-stream\b/i.test(response?.headers.get('content-type') ?? '');
}

function faultOf(error: unknown, { response }: Received, at: string, effect: Effect): Fault {
  if (response === undefined) return faultOfError(error, at, effect);
  if (!response.ok) return faultOfStatus(response, at, effect);
  // fetch throws a TypeError for a truncated body, and a truncated body is not JSON.
  const isTruncated = error instanceof TypeError || error instanceof SyntaxError;
  return isTruncated ? brokenOff(at, effect) : notMcp(at);
}

function unanswered({ response }: Received, at: string, effect: Effect): Fault {
  return isEventStream(response) ? brokenOff(at, effect) : notMcp(at);
}
