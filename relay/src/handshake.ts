/** Connects to vsecure as an AI tool of one protocol era does, and lists the tools. */
import {
  Client,
  type FetchLike,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { Server } from './exchange.js';
import { bad, type Finding, good, plain } from './finding.js';
import { CHECK_TIMEOUT_MS, problemOfError, problemOfStatus } from './probe.js';

/** What a transport gets: a `fetch` that remembers the answer, and the key. */
type HttpOptions = ReturnType<typeof httpOptions>;

interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds for one message. */
  readonly timeout: number;
}

/** A version of the protocol, as one SDK speaks it. */
export interface Protocol {
  readonly name: string;
  readonly version: string;
  /** The first message: the older era begins with `initialize`, the newer with `server/discover`. */
  readonly begins: string;
  /** Connects, lists the tools and closes the connection. Rejects with what the SDK throws. */
  readonly connect: (
    endpoint: URL,
    http: HttpOptions,
    limits: Limits,
  ) => Promise<{ readonly version: string | undefined; readonly tools: number }>;
}

/** The latest version of each era, with the current SDK. */
export const PROTOCOLS: readonly Protocol[] = [
  {
    name: 'protocol 2025-11-25',
    version: '2025-11-25',
    begins: 'initialize',
    connect: connectAs('legacy'),
  },
  {
    name: 'protocol 2026-07-28',
    version: '2026-07-28',
    begins: 'server/discover',
    connect: connectAs({ pin: '2026-07-28' }),
  },
];

function connectAs(mode: 'legacy' | { readonly pin: string }): Protocol['connect'] {
  return async (endpoint, http, limits) => {
    const info = { name: 'mcp-server-vsecure --check', version: '1' };
    const client = new Client(info, { versionNegotiation: { mode } });
    try {
      await client.connect(new StreamableHTTPClientTransport(endpoint, http), limits);
      const { tools } = await client.listTools(undefined, limits);
      return { version: client.getNegotiatedProtocolVersion(), tools: tools.length };
    } finally {
      await client.close().catch(() => {});
    }
  };
}

/** Never rejects, and closes its connection. */
export async function handshake(
  server: Server,
  { version, begins, connect }: Protocol,
  signal: AbortSignal,
): Promise<Finding> {
  const received: Received = {};
  const limits = { signal, timeout: CHECK_TIMEOUT_MS };
  try {
    const connected = await connect(server.endpoint, httpOptions(server, received), limits);
    if (connected.version !== version)
      return bad(
        `the server answered with version ${plain(String(connected.version))}: ${HOW_TO_FIX}`,
      );
    return good(`${begins} and tools/list work, ${connected.tools} tools`);
  } catch (error) {
    return bad(problemOf(error, received, server));
  }
}

/** The HTTP response to the last POST. The SDK's errors wrap it in several ways. */
interface Received {
  response?: Response;
}

function httpOptions({ apiKey }: Server, received: Received) {
  const post: FetchLike = async (url, init) => {
    delete received.response;
    const response = await fetch(url, init);
    if (init?.method === 'POST') received.response = response;
    return response;
  };
  const headers = { authorization: `Bearer ${apiKey}` };
  return { fetch: post, requestInit: { headers, redirect: 'manual' } } as const;
}

function problemOf(error: unknown, { response }: Received, server: Server): string {
  if (response === undefined) return problemOfError(error, server.at);
  // A server answers 400 when it does not know the protocol.
  const isOtherProblem = !response.ok && response.status !== 400;
  return isOtherProblem
    ? problemOfStatus(response, server)
    : `the server did not understand it: ${HOW_TO_FIX}`;
}

const HOW_TO_FIX = 'update the server, or look for a proxy that changes messages or headers';
