/** `vsecure mcp`: the MCP server over stdio, the same code as the package mcp-server-vsecure. */

import { relayMain } from '#relay';

export function run({ check }: { readonly check?: boolean }): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const { env, stdin, stdout, stderr } = process;
  return relayMain({
    env,
    argv: check ? ['--check'] : [],
    stdin,
    stdout,
    stderr,
    signal: stop.signal,
  });
}
