/** Every generation of the SDK that AI tools are built with, and programs that people connect with, each doing the same errands. */

import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type ClientKind, connectClient, ERA } from '../support/mcp-client.js';
import { PROGRAMS } from './client-programs.js';
import type { ClientRow, Connected, Reach } from './client-row.js';

/** The releases under the names that they are installed by. */
const OLD = {
  'mcp-sdk-1-12': 'SDK 1.12.3',
  'mcp-sdk-1-20': 'SDK 1.20.2',
  'mcp-sdk-1-25': 'SDK 1.25.3',
  '@modelcontextprotocol/sdk': 'SDK 1.32.2',
} as const;

const NEW: Readonly<Record<string, ClientKind>> = {
  'SDK 2.4.0, legacy': 'v2 legacy',
  'SDK 2.4.0, auto': 'v2 auto',
  'SDK 2.4.0, pinned to 2026-07-28': 'v2 pinned',
};

export const EVERY_CLIENT: readonly ClientRow[] = [
  ...Object.entries(OLD).map(([from, name]) => ({
    name,
    connect: (reach: Reach) => connectOld(from, reach),
  })),
  ...Object.entries(NEW).map(([name, kind]) => ({
    name,
    connect: async (reach: Reach) => {
      const client = await connectClient({ ...reach, kind });
      return { client: client as Connected['client'], protocol: ERA[kind] };
    },
  })),
  ...PROGRAMS,
];

/** The old releases differ in little; what is used here is in all of them. */
async function connectOld(from: string, reach: Reach): Promise<Connected | undefined> {
  const parts = await load(from);
  if (!parts) return undefined;
  const client = new parts.Client({ name: 'every-client', version: '0.0.0' });
  const transport = transportOf(parts, reach);
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  const told =
    transport instanceof StreamableHTTPClientTransport ? transport.protocolVersion : undefined;
  return { client: client as Connected['client'], protocol: told ?? parts.latest };
}

async function load(from: string) {
  if (!isInstalled(from)) return undefined;
  const part = (name: string) => import(`${from}/${name}.js`);
  const { Client }: typeof import('@modelcontextprotocol/sdk/client/index.js') =
    await part('client/index');
  const { StdioClientTransport }: typeof import('@modelcontextprotocol/sdk/client/stdio.js') =
    await part('client/stdio');
  const http: typeof import('@modelcontextprotocol/sdk/client/streamableHttp.js') =
    await part('client/streamableHttp');
  const types: typeof import('@modelcontextprotocol/sdk/types.js') = await part('types');
  return { Client, StdioClientTransport, http, latest: types.LATEST_PROTOCOL_VERSION };
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(`${name}/types.js`);
    return true;
  } catch {
    return false;
  }
}

type Parts = NonNullable<Awaited<ReturnType<typeof load>>>;

function transportOf(parts: Parts, { url, token, through }: Reach) {
  if (through) {
    const [command, ...args] = through;
    const env = { VSECURE_URL: url, VSECURE_API_KEY: token };
    return new parts.StdioClientTransport({ command, args, env, stderr: 'ignore' });
  }
  const headers = { authorization: `Bearer ${token}` };
  return new parts.http.StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers },
  });
}
