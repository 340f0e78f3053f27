/** Programs that people connect with: a bridge that an AI tool can start instead of mcp-server-vsecure, and the command-line Inspector. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { connectClient } from '../support/mcp-client.js';
import { startCommand } from '../support/vsecure.js';
import type { ClientRow, Connected, Target } from './client-row.js';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');
const BRIDGE = path.join(MODULES, 'mcp-remote/dist/proxy.js');
const INSPECTOR = path.join(MODULES, '@modelcontextprotocol/inspector-cli/build/cli.js');

export const PROGRAMS: readonly ClientRow[] = [
  { name: 'mcp-remote 0.15.1', bridge: true, connect: (target) => bridged(target) },
  {
    name: 'mcp-remote 0.15.1, --protocol auto',
    bridge: true,
    connect: (target) => bridged(target, '--protocol', 'auto'),
  },
  {
    name: 'Inspector CLI 0.16.8',
    connect: async (target) =>
      existsSync(INSPECTOR) ? { client: inspector(target), protocol: undefined } : undefined,
  },
];

/** An SDK client of the older protocol that connects through the bridge. */
async function bridged({ url, token }: Target, ...more: string[]): Promise<Connected | undefined> {
  if (!existsSync(BRIDGE)) return undefined;
  const header = ['--header', `Authorization:Bearer ${token}`];
  const argv = [
    `${url}/mcp`,
    '--allow-http',
    '--transport',
    'http-only',
    '--silent',
    ...header,
    ...more,
  ];
  const client = await connectClient({ url, token, through: [process.execPath, BRIDGE, ...argv] });
  return { client: client as Connected['client'], protocol: undefined };
}

/** Starts the Inspector for each request. */
function inspector({ url, token, through }: Target): Connected['client'] {
  const server = through ?? [`${url}/mcp`, '--transport', 'http'];
  const header = through ? [] : ['--header', `Authorization: Bearer ${token}`];
  const env = { VSECURE_URL: url, VSECURE_API_KEY: token };
  async function ask(method: string, ...argv: string[]): Promise<unknown> {
    const words = ['--cli', ...server, '--method', method, ...argv, ...header];
    const { exit, stdout } = await startCommand([process.execPath, INSPECTOR, ...words], { env })
      .ended;
    if (exit !== 0) throw new Error(`the Inspector ended with ${exit}`);
    return JSON.parse(stdout);
  }
  return {
    listTools: () => ask('tools/list'),
    callTool: ({ name, arguments: all }) =>
      ask('tools/call', '--tool-name', name, ...pairs('--tool-arg', all)),
    listResources: () => ask('resources/list'),
    readResource: ({ uri }) => ask('resources/read', '--uri', uri),
    listPrompts: () => ask('prompts/list'),
    getPrompt: ({ name, arguments: all }) =>
      ask('prompts/get', '--prompt-name', name, ...pairs('--prompt-args', all)),
    close: async () => {},
  };
}

/** `--flag name=value …`, or nothing when there are no arguments. */
function pairs(flag: string, all: object): string[] {
  const words = Object.entries(all).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return words.length > 0 ? [flag, ...words] : [];
}
