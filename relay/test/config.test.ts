/** The relay reports every problem of its configuration at once, and never repeats a value. */
import { expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { API_KEY } from './mcp-server.js';

async function problemsOf(env: Record<string, string>): Promise<readonly string[]> {
  const result = await readConfig(env);
  return result.ok ? [] : result.problems;
}

async function warningsOf(env: Record<string, string>): Promise<readonly string[]> {
  const result = await readConfig({ VSECURE_API_KEY: API_KEY, ...env });
  return result.ok ? result.config.warnings : ['not ok'];
}

it('the relay needs no configuration but a key', async () => {
  const result = await readConfig({ VSECURE_API_KEY: ` ${API_KEY}\n` });
  expect(result).toEqual({
    ok: true,
    config: { url: new URL('http://127.0.0.1:3000'), apiKey: API_KEY, warnings: [] },
  });
});

it('the relay reports every problem at once, without a value', async () => {
  const problems = await problemsOf({
    VSECURE_URL: 'ftp://ana:hunter2@host/?token=hunter3',
    VSECURE_API_KEY: 'hunter4',
  });
  expect(problems).toHaveLength(4);
  expect(problems.join()).not.toMatch(/hunter|ftp/);
});

it.each([
  ['an address that is no URL', { VSECURE_URL: 'vsecure', VSECURE_API_KEY: API_KEY }],
  ['a script', { VSECURE_URL: 'javascript:alert(1)', VSECURE_API_KEY: API_KEY }],
  ['a password in the address', { VSECURE_URL: 'http://a:b@c', VSECURE_API_KEY: API_KEY }],
  ['the address with /mcp', { VSECURE_URL: 'http://127.0.0.1:3000/mcp', VSECURE_API_KEY: API_KEY }],
  ['no key', { VSECURE_URL: 'http://127.0.0.1:3000' }],
  ['a placeholder for a key', { VSECURE_API_KEY: 'vsk_a_…' }],
  ['a key with a line break', { VSECURE_API_KEY: `${API_KEY}\nx` }],
])('the relay refuses %s', async (_name, env) => {
  expect(await problemsOf(env)).toHaveLength(1);
});

it.each([
  'http://127.0.0.1:3000',
  'http://127.8.9.10',
  'http://localhost:3000',
  'http://[::1]:3000',
  'https://vsecure.example.com/base',
])('the relay accepts the address %s without a warning', async (url) => {
  expect(await warningsOf({ VSECURE_URL: url })).toEqual([]);
});

it.each(['http://vsecure.example.com', 'http://10.0.0.7:3000', 'http://127.0.0.1.nip.io'])(
  'the relay warns that traffic to %s can be read on the network',
  async (url) => {
    expect(await warningsOf({ VSECURE_URL: url })).toEqual([expect.stringContaining('use https')]);
  },
);

it("the relay warns about a person's key", async () => {
  const warnings = await warningsOf({ VSECURE_API_KEY: API_KEY.replace('vsk_a_', 'vsk_h_') });
  expect(warnings).toEqual([expect.stringContaining('agent key')]);
});
