/** Output on a real terminal: several widths, with and without colours, and through a pipe. */

import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { startOnTerminal } from '../support/terminal-program.js';
import { until } from '../support/until.js';
import { vsecure, vsecureCommand } from '../support/vsecure.js';

let serving: Serving;
let env: Record<string, string>;
beforeAll(async () => {
  serving = await startServing();
  await serving.services.policy();
  const { caller } = await serving.services.agent('asking');
  await serving.services.ask(caller);
  env = { VSECURE_URL: serving.server.url, VSECURE_API_KEY: serving.services.adminToken };
});
afterAll(() => serving.close());

const ESCAPE = '\u001b[';

async function onTerminal(options: { columns?: number; env?: Record<string, string> }) {
  const stderr = path.join(temporaryFolder(), 'stderr');
  const program = startOnTerminal(vsecureCommand('mcp:approvals'), {
    stderr,
    env: { ...env, ...options.env },
    columns: options.columns ?? 80,
  });
  expect(await program.ended).toMatchObject({ exit: 0 });
  return program.stdout().replaceAll('\r', '');
}

const plain = stripVTControlCharacters;

test('the text is the same at every width, with or without colours, and in a pipe', async () => {
  const piped = (await vsecure(['mcp:approvals'], { env })).stdout;
  expect(piped).toContain('pending');
  expect(piped).not.toContain(ESCAPE);
  for (const columns of [80, 200]) {
    const shown = await onTerminal({ columns });
    expect(shown).toContain(ESCAPE);
    expect(plain(shown)).toBe(piped);
  }
  expect(await onTerminal({ env: { NO_COLOR: '1' } })).toBe(piped);
  expect(await onTerminal({ env: { TERM: 'dumb' } })).toBe(piped);
});

test('notifications:set asks for a webhook URL without echoing it', async () => {
  const stderr = path.join(temporaryFolder(), 'stderr');
  const argv = ['notifications:set', 'slack', '--url', '--channel', '#approvals'];
  const program = startOnTerminal(vsecureCommand(...argv), { stderr, env, columns: 200 });
  await until('the prompt', () => program.stderr().includes('URL: '));
  program.type('https://hooks.slack.com/services/T1/B1/canary-2Kw\r');
  expect(await program.ended).toMatchObject({ exit: 0 });
  expect(plain(program.stdout())).toMatch(/^slack +on +#approvals +all except secret_read/m);
  expect(program.stdout() + program.stderr()).not.toContain('canary');
});

test('a slow command shows progress only on a terminal', async () => {
  const argv = ['mcp:audit:verify'];
  const watched = await startOnTerminal(vsecureCommand(...argv), { env }).ended;
  expect(watched.stdout).toContain('Checking the audit trail');
  const piped = await vsecure(argv, { env });
  expect(piped.stdout).toMatch(/^The audit trail is intact/);
  expect(piped.stderr).toBe('');
});
