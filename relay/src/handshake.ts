/** Connects to vsecure as an AI tool of one protocol era does, and lists the tools. */
import {
  Client,
  type FetchLike,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { Server } from './exchange.js';
import { bad, type Finding, good, plain } from './finding.js';
import { CHECK_TIMEOUT_MS, problemOfError, problemOfStatus } from './probe.js';

/** The latest version of each era. The older era begins with `initialize`, the newer with `server/discover`. */
export const ERAS = [
  { version: '2025-11-25', mode: 'legacy', begins: 'initialize' },
  { version: '2026-07-28', mode: { pin: '2026-07-28' }, begins: 'server/discover' },
] as const;
export type Era = (typeof ERAS)[number];

/** Never rejects, and closes its connection. */
export async function handshake(
  server: Server,
  { version, mode, begins }: Era,
  signal: AbortSignal,
): Promise<Finding> {
  const client = new Client({ name: 'mcp-server-vsecure --check', version: '1' }, optionsFor(mode));
  const received: Received = {};
  const options = { signal, timeout: CHECK_TIMEOUT_MS };
  try {
    await client.connect(transportTo(server, received), options);
    const negotiated = client.getNegotiatedProtocolVersion();
    if (negotiated !== version)
      return bad(`the server answered with version ${plain(String(negotiated))}: ${HOW_TO_FIX}`);
    const { tools } = await client.listTools(undefined, options);
    return good(`${begins} and tools/list work, ${tools.length} tools`);
  } catch (error) {
    return bad(problemOf(error, received, server));
  } finally {
    await client.close().catch(() => {});
  }
}

const optionsFor = (mode: Era['mode']) => ({ versionNegotiation: { mode } });

/** The HTTP response to the last POST. The SDK's errors wrap it in several ways. */
interface Received {
  response?: Response;
}

function transportTo(
  { endpoint, apiKey }: Server,
  received: Received,
): StreamableHTTPClientTransport {
  const post: FetchLike = async (url, init) => {
    delete received.response;
    const response = await fetch(url, init);
    if (init?.method === 'POST') received.response = response;
    return response;
  };
  return new StreamableHTTPClientTransport(endpoint, {
    fetch: post,
    requestInit: { headers: { authorization: `Bearer ${apiKey}` }, redirect: 'manual' },
  });
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
