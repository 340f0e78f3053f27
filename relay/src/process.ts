/** Runs the relay in this process, and ends the process with its exit code. */
import { relayMain } from './main.js';

export async function runProcess(): Promise<never> {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  // A closed stderr must not stop the relay.
  process.stderr.on('error', () => {});

  const { argv, env, stdin, stdout, stderr } = process;
  // Not exitCode: an open stdin would keep the process running.
  process.exit(
    await relayMain({ env, argv: argv.slice(2), stdin, stdout, stderr, signal: stop.signal }),
  );
}
