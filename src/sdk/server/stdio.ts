/** Serving on stdin and stdout, and ending in good order. */

import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

export interface Listening {
  /** Ends all calls under way, without an answer, and stops listening. */
  close(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Each connection gets a server of its own from `build`. On a signal the server closes, and then the signal has its way. */
export function serveOnStdio(build: () => McpServer): Listening {
  const handle = serveStdio(build, {
    onerror: ({ message }) => void process.stderr.write(`mcp server: ${message}\n`),
  });
  const endings = SIGNALS.map((signal) => [signal, () => void leave(signal)] as const);
  const forget = () => {
    for (const [signal, ending] of endings) process.off(signal, ending);
  };
  for (const [signal, ending] of endings) process.once(signal, ending);
  return { close };

  async function close(): Promise<void> {
    forget();
    await handle.close();
  }

  async function leave(signal: NodeJS.Signals): Promise<void> {
    await close();
    process.kill(process.pid, signal);
  }
}
