/** The relay is a well-behaved process: it starts only with a valid configuration, and ends when it should. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { API_KEY, type McpTestServer, startMcpServer } from './mcp-server.js';
import { messagesOf, type RelayProcess, startRelay } from './relay-process.js';

let server: McpTestServer;
let relay: RelayProcess;

beforeEach(async () => {
  server = await startMcpServer();
});

afterEach(async () => {
  relay.child.kill('SIGKILL');
  await relay.exited;
  await server.close();
});

function start(): void {
  relay = startRelay({ VSECURE_URL: server.url, VSECURE_API_KEY: API_KEY });
}

async function holdOneCall(): Promise<void> {
  const params = { name: 'hold', arguments: {} };
  relay.write({ jsonrpc: '2.0', id: 'held', method: 'tools/call', params });
  await server.held;
}

it('the relay exits with 0 at the end of stdin and cancels its open calls', async () => {
  start();
  await holdOneCall();
  relay.child.stdin.end();
  expect(await relay.exited).toBe(0);
  await server.released;
  expect(relay.stdout()).toBe('');
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'the relay exits with 0 on %s and cancels its open calls',
  async (signal) => {
    start();
    await holdOneCall();
    relay.child.kill(signal);
    expect(await relay.exited).toBe(0);
    await server.released;
    expect(relay.stdout()).toBe('');
  },
);

it('the relay writes every answer that arrived before the end of stdin', async () => {
  start();
  const big = 'x'.repeat(900_000);
  for (let id = 0; id < 5; id++) {
    const params = { name: 'echo', arguments: { text: big } };
    relay.write({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }
  for (let id = 0; id < 5; id++) await relay.response(id);
  relay.child.stdin.end();
  expect(await relay.exited).toBe(0);
  expect(messagesOf(relay.stdout())).toHaveLength(5);
});

it('the relay exits without an error when its stdout is closed', async () => {
  start();
  await relay.call(1, 'tools/list');
  relay.child.stdout.destroy();
  relay.write({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  expect(await relay.exited).toBe(0);
  expect(relay.stderr()).toBe('');
});

it('the relay ends a cancelled call on the server at once, does not answer it, and keeps running', async () => {
  start();
  await holdOneCall();
  relay.write({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 'held', reason: 'no longer needed' },
  });
  const cancelled = performance.now();
  await server.released;
  expect(performance.now() - cancelled).toBeLessThan(3000);
  const after = await relay.call('next', 'tools/list');
  expect(after.result?.['tools']).toHaveLength(3);
  expect(messagesOf(relay.stdout())).toHaveLength(1);
  expect(server.posts).toHaveLength(2);
});

it('the relay reports every problem of its configuration and exits with 2', async () => {
  relay = startRelay({ VSECURE_URL: 'gopher://127.0.0.1' });
  expect(await relay.exited).toBe(2);
  expect(relay.stderr()).toContain('VSECURE_URL');
  expect(relay.stderr()).toContain('VSECURE_API_KEY');
  expect(relay.stdout()).toBe('');
});

it('the relay prints its usage with --help and its version with --version', async () => {
  relay = startRelay({}, ['--help']);
  expect(await relay.exited).toBe(0);
  expect(relay.stdout()).toContain('VSECURE_API_KEY');
  relay = startRelay({}, ['--version']);
  await once(relay.child, 'close');
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(relay.stdout().trim()).toBe(JSON.parse(manifest).version);
});

it('the relay refuses unknown arguments', async () => {
  relay = startRelay({ VSECURE_API_KEY: API_KEY }, ['--cheque']);
  expect(await relay.exited).toBe(2);
  expect(relay.stderr()).toContain('Usage');
});
