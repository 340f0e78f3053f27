/** Every generation of the SDK that AI tools embed, and programs that people connect with. */

import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type ClientKind, connectClient, ERA } from '../support/mcp-client.js';
import { PROGRAMS } from './client-programs.js';
import type { ClientRow, Connected, Target } from './client-row.js';

/** The releases, by the package name under which they are installed. */
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
    connect: (target: Target) => connectOld(from, target),
  })),
  ...Object.entries(NEW).map(([name, kind]) => ({
    name,
    connect: async (target: Target) => {
      const client = await connectClient({ ...target, kind });
      return { client: client as Connected['client'], protocol: ERA[kind] };
    },
  })),
  ...PROGRAMS,
];

/** All old releases have the parts of the SDK that are used here. */
async function connectOld(from: string, target: Target): Promise<Connected | undefined> {
  const parts = await load(from);
  if (!parts) return undefined;
  const client = new parts.Client({ name: 'every-client', version: '0.0.0' });
  const transport = transportOf(parts, target);
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  const negotiated =
    transport instanceof StreamableHTTPClientTransport ? transport.protocolVersion : undefined;
  return { client: client as Connected['client'], protocol: negotiated ?? parts.latest };
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

function transportOf(parts: Parts, { url, token, through }: Target) {
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
