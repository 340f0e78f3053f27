/** One message to vsecure and everything that comes back: a POST, answered with JSON or an event stream. */
import {
  type FetchLike,
  isJSONRPCRequest,
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { createAnswer } from './answer.js';
import { fetchWhenUp } from './connect.js';
import { brokenOff, type Fault, faultOfError, faultOfStatus, notMcp } from './fault.js';

/** Where vsecure is and who asks. */
export interface Server {
  readonly endpoint: URL;
  readonly apiKey: string;
  /** The address as people know it, for the sentences of faults. */
  readonly at: string;
}

export interface Exchange {
  readonly message: JSONRPCMessage;
  /** What `initialize` agreed on; a request of the 2026-07-28 protocol says its own version, and knows no sessions. */
  readonly protocolVersion: string | undefined;
  readonly session: string | undefined;
  /** Takes the id of the session that the answer opens. */
  readonly onSession: (id: string) => void;
  /** Aborting closes the connection, which is how vsecure learns that nobody waits any more. */
  readonly signal: AbortSignal;
  /** Takes each message of the answer as it arrives, the response among them at most once. */
  readonly deliver: (message: JSONRPCMessage) => void;
}

/**
 * Posts one message and delivers what comes back. Resolves when the answer has ended: with nothing, or with the fault
 * that kept a request from its response. After an abort nothing more is delivered. Never rejects.
 */
export async function exchange(server: Server, job: Exchange): Promise<Fault | undefined> {
  const { message, signal } = job;
  const id = isJSONRPCRequest(message) ? message.id : undefined;
  const answer = createAnswer(id, signal, job.deliver);
  const seen: Seen = {};
  try {
    const transport = createTransport(server, seen, job);
    transport.onmessage = answer.take;
    await transport.start();
    await sendAndDrain(transport, message, seen, signal);
    return id === undefined || settled() ? undefined : unanswered(seen, server.at);
  } catch (error) {
    answer.takeRefusal(error);
    return settled() ? undefined : faultOf(error, seen, server.at);
  }

  function settled(): boolean {
    return answer.isAnswered() || signal.aborted;
  }
}

/** What the POST was answered with, noted on the way because the transport keeps it to itself. */
interface Seen {
  response?: Response;
}

function createTransport({ endpoint, apiKey }: Server, seen: Seen, job: Exchange) {
  const { protocolVersion, session: sessionId } = job;
  const post: FetchLike = async (url, init) => {
    // The stream that the transport opens after `initialized` would end with this exchange.
    if (init?.method !== 'POST') return new Response(null, { status: 405 });
    seen.response = await fetchWhenUp(url, init);
    const opened = seen.response.headers.get('mcp-session-id');
    if (opened !== null) job.onSession(opened);
    return seen.response;
  };
  return new StreamableHTTPClientTransport(endpoint, {
    fetch: post,
    // Redirects are not followed: the key belongs to one address.
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

/** `send` resolves when a JSON answer is read, but when an event stream has only begun; this waits for its end too. */
async function sendAndDrain(
  transport: StreamableHTTPClientTransport,
  message: JSONRPCMessage,
  seen: Seen,
  signal: AbortSignal,
): Promise<void> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // The transport does not call an aborted stream an ended one.
  signal.addEventListener('abort', end, { once: true });
  await transport.send(message, { requestSignal: signal, onRequestStreamEnd: end });
  if (isJSONRPCRequest(message) && isEventStream(seen.response)) await ended;
}

function isEventStream(response: Response | undefined): boolean {
  return /^text\/event-stream\b/i.test(response?.headers.get('content-type') ?? '');
}

function faultOf(error: unknown, { response }: Seen, at: string): Fault {
  if (response === undefined) return faultOfError(error, at);
  if (!response.ok) return faultOfStatus(response, at);
  // fetch throws TypeError for a body that was cut off, and half a body is not JSON.
  const cut = error instanceof TypeError || error instanceof SyntaxError;
  return cut ? brokenOff(at) : notMcp(at);
}

function unanswered({ response }: Seen, at: string): Fault {
  return isEventStream(response) ? brokenOff(at) : notMcp(at);
}
