/** The part of `vsecure doctor` about the running server: whether it answers, and whether AI tools can work with it. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type CheckedItem, check, PROTOCOLS, type Protocol, readKey, serverAt } from '#relay';
import type { Config } from '../../config.js';
import { MINUTE } from '../../domain/limits.js';
import { readUrl } from '../../sdk/address.js';
import { VSecureError } from '../../sdk/errors.js';
import { type Checked, failed, skipped } from '../../slack/check/finding.js';
import { VERSION } from '../version.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Uses the server in VSECURE_URL, or else the one that listens here, with the key of the environment. */
export async function* serverFindings(
  { host, port }: Config['http'],
  env: Environment,
): AsyncGenerator<Checked> {
  const named = env['VSECURE_URL']?.trim() || undefined;
  if (named === undefined && port === 0) {
    yield {
      check: 'server',
      ...skipped('PORT is 0, so its address is not known', 'set VSECURE_URL to what it logs'),
    };
    return;
  }
  const url = readAddress(named ?? `http://${reachable(host)}:${port}`);
  if (url instanceof VSecureError)
    yield { check: 'server', ...failed(url.message, url.next ?? 'correct VSECURE_URL') };
  else yield* checkAt(url, named === undefined, env);
}

function readAddress(text: string): URL | VSecureError {
  try {
    return readUrl(text);
  } catch (error) {
    if (error instanceof VSecureError) return error;
    throw error;
  }
}

/** A server that listens on every address is reached on this machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

const KEY_SOURCES = ['VSECURE_API_KEY', 'VSECURE_API_KEY_FILE', 'VSECURE_API_KEY_COMMAND'];
const NO_KEY =
  'MCP not checked without a key: set VSECURE_API_KEY to one of an AI tool (vsecure keys:create --class agent)';

async function* checkAt(url: URL, isGuessed: boolean, env: Environment): AsyncGenerator<Checked> {
  const signal = AbortSignal.timeout(MINUTE);
  const key = KEY_SOURCES.some((name) => env[name]?.trim())
    ? await readKey(env, signal)
    : undefined;
  const apiKey = key?.ok ? key.apiKey : '';
  const noKey = key?.ok ? {} : { noKey: key?.problem ?? NO_KEY };
  const protocols = [...PROTOCOLS, WITH_SDK_1];
  for await (const found of check(serverAt({ url, apiKey }), { signal, protocols, ...noKey }))
    yield toChecked(found, isGuessed, key?.ok === false);
}

const RESULTS = { good: 'ok', bad: 'failed', note: 'skipped' } as const;

/** The texts say what to do. No server is running yet, or the key is not of an AI tool: vsecure itself is well. */
function toChecked(
  { item, kind, text }: CheckedItem,
  isGuessed: boolean,
  isBadKey: boolean,
): Checked {
  const isMild = item === 'scopes' || (item === 'server' && isGuessed);
  const isFailed = kind === 'bad' || (item === 'key' && isBadKey);
  return {
    check: item === 'server' ? item : `server: ${item}`,
    result: isFailed ? (isMild ? 'warning' : 'failed') : RESULTS[kind],
    message: text,
  };
}

/** The line that most AI tools embed. */
const WITH_SDK_1: Protocol = {
  name: 'protocol 2025-11-25 with SDK 1.x',
  version: '2025-11-25',
  begins: 'initialize',
  async connect(endpoint, http, limits) {
    const client = new Client({ name: 'vsecure doctor', version: VERSION });
    const transport = new StreamableHTTPClientTransport(endpoint, http);
    try {
      // Its own transports' types do not know exact optional properties.
      await client.connect(transport as Transport, limits);
      const { tools } = await client.listTools(undefined, limits);
      return { version: transport.protocolVersion, tools: tools.length };
    } finally {
      await client.close().catch(() => {});
    }
  },
};
