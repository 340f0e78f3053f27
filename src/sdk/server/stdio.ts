/** Serves on stdin and stdout and shuts down cleanly. */

import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

export interface Listening {
  /** Aborts all running calls without an answer and stops listening. */
  close(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Builds a new server for each connection. On a stop signal, closes the server, then lets the signal end the process. */
export function serveOnStdio(build: () => McpServer): Listening {
  const handle = serveStdio(build, {
    onerror: ({ message }) => void process.stderr.write(`mcp server: ${message}\n`),
  });
  const handlers = SIGNALS.map((signal) => [signal, () => void closeAndExit(signal)] as const);
  const removeHandlers = () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
  for (const [signal, handler] of handlers) process.once(signal, handler);
  return { close };

  async function close(): Promise<void> {
    removeHandlers();
    await handle.close();
  }

  async function closeAndExit(signal: NodeJS.Signals): Promise<void> {
    await close();
    process.kill(process.pid, signal);
  }
}
