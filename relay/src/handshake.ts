/** Connects to vsecure the way an AI tool of one protocol era does, and lists its tools. */
import {
  Client,
  type FetchLike,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { Server } from './exchange.js';
import { bad, type Finding, good, plain } from './finding.js';
import { PATIENCE_MS, problemOfError, problemOfStatus } from './probe.js';

/** The last version of each era: the one that begins with `initialize`, and the one that begins with `server/discover`. */
export const ERAS = [
  { version: '2025-11-25', mode: 'legacy', begins: 'initialize' },
  { version: '2026-07-28', mode: { pin: '2026-07-28' }, begins: 'server/discover' },
] as const;
export type Era = (typeof ERAS)[number];

/** Never rejects, and leaves nothing open. */
export async function handshake(
  server: Server,
  { version, mode, begins }: Era,
  signal: AbortSignal,
): Promise<Finding> {
  const client = new Client({ name: 'mcp-server-vsecure --check', version: '1' }, WITH(mode));
  const seen: Seen = {};
  const options = { signal, timeout: PATIENCE_MS };
  try {
    await client.connect(transportTo(server, seen), options);
    const agreed = client.getNegotiatedProtocolVersion();
    if (agreed !== version) return bad(`it answered with ${plain(String(agreed))}: ${MEND}`);
    const { tools } = await client.listTools(undefined, options);
    return good(`${begins} and tools/list were answered, ${tools.length} tools`);
  } catch (error) {
    return bad(problemOf(error, seen, server));
  } finally {
    await client.close().catch(() => {});
  }
}

const WITH = (mode: Era['mode']) => ({ versionNegotiation: { mode } });

/** What the last POST was answered with; the SDK's errors wrap it in several ways. */
interface Seen {
  response?: Response;
}

function transportTo({ endpoint, apiKey }: Server, seen: Seen): StreamableHTTPClientTransport {
  const post: FetchLike = async (url, init) => {
    delete seen.response;
    const response = await fetch(url, init);
    if (init?.method === 'POST') seen.response = response;
    return response;
  };
  return new StreamableHTTPClientTransport(endpoint, {
    fetch: post,
    requestInit: { headers: { authorization: `Bearer ${apiKey}` }, redirect: 'manual' },
  });
}

function problemOf(error: unknown, { response }: Seen, server: Server): string {
  if (response === undefined) return problemOfError(error, server.at);
  // 400 is how a server says that it does not know a protocol.
  const isElsewhere = !response.ok && response.status !== 400;
  return isElsewhere ? problemOfStatus(response, server) : `it was not understood: ${MEND}`;
}

const MEND =
  'update the server, or look for a proxy in between that changes messages or their headers';
