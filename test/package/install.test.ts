/** Both packages installed with npm on a fresh machine. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { temporaryFolder } from '../support/folder.js';
import { packed } from '../support/packed.js';
import { type RunningServer, startVsecure } from '../support/server.js';
import { startCommand } from '../support/vsecure.js';

const run = promisify(execFile);

/** Milliseconds. Two installations take seconds as a rule, far more on a machine that is busy. */
const INSTALL_MAX = 360_000;

let prefix: string;
let home: string;
let server: RunningServer;
/** What npm said while it installed. */
let warnings = '';

/** Runs a shell command with only the installed programs and the system's programs in PATH. */
async function shell(script: string, env: Record<string, string> = {}, stdin = '') {
  const surroundings = {
    HOME: home,
    PATH: `${path.join(prefix, 'bin')}:${process.env['PATH']}`,
    npm_config_prefix: prefix,
    npm_config_update_notifier: 'false',
    ...(server && { VSECURE_URL: server.url }),
    ...env,
  };
  const command: [string, ...string[]] = ['sh', '-ec', script];
  return startCommand(command, { env: surroundings, stdin, cwd: home }).ended;
}

/** Runs a shell command and resolves with its stdout. Throws when it fails. */
async function output(script: string, env?: Record<string, string>, stdin?: string) {
  const { exit, stdout, stderr } = await shell(script, env, stdin);
  if (exit !== 0) throw new Error(`${script} exited with ${exit}: ${stderr}${stdout}`);
  return stdout;
}

beforeAll(async () => {
  const { vsecure, relay } = await packed();
  prefix = temporaryFolder('prefix');
  home = temporaryFolder('home');
  const argv = ['install', '--global', '--prefix', prefix, '--prefer-offline'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel', 'warn'];
  // One after the other: vsecure needs no relay in a registry.
  for (const tarball of [vsecure, relay])
    warnings += (await run('npm', [...argv, ...quiet, tarball])).stderr;
}, INSTALL_MAX);
afterAll(() => server?.[Symbol.asyncDispose]());

const ENGINE = 'EBADENGINE';

test('no package needs a newer Node than this one: neither the installed ones nor those of a checkout', async () => {
  expect(warnings).not.toContain(ENGINE);
  // The lock file has what each package needs, so that nothing is fetched.
  const { stderr } = await run('npm', ['ci', '--dry-run', '--offline', '--loglevel', 'warn']);
  expect(stderr).not.toContain(ENGINE);
});

test('the installed commands work from bootstrap to an approved request', async () => {
  const key = (await output('vsecure admin:bootstrap')).trim();
  server = await startVsecure({
    vsecure: [path.join(prefix, 'bin', 'vsecure')],
    env: { HOME: home },
  });
  const admin = { VSECURE_API_KEY: key };
  const policy = JSON.stringify([
    { uri: 'production/*', approvers: ['admin@localhost'], allowSelfApproval: true },
  ]);
  await output('vsecure mcp:configure -f - --yes', admin, policy);
  await output('vsecure secrets:set production/DATABASE_URL', admin, 'postgres://db');
  const createKey =
    'vsecure keys:create --name claude-desktop --class agent --owner admin@localhost';
  const { token } = JSON.parse(await output(`${createKey} --json`, admin));
  const agent = { VSECURE_API_KEY: token };

  expect(await output('npx mcp-server-vsecure --check', agent)).toContain('✓ protocol 2026-07-28');
  expect(await output('vsecure auth:whoami', agent)).toContain('claude-desktop');
  expect(await output('vsecure mcp:resources', admin)).toContain('vsecure://secrets/production/*');
  expect(await output('vsecure auth:scopes', admin)).toContain('approvals:decide');

  const { id } = await new VSecureClient({ url: server.url, apiKey: token }).mcp.requestApproval({
    resource: 'vsecure://secrets/production/DATABASE_URL',
    operation: 'read',
    reason: 'Debugging database connection issue',
    waitFor: 0,
  });
  expect(await output('vsecure mcp:approvals --status pending', admin)).toContain(id);
  await output(`vsecure mcp:approve ${id} --reason "Legitimate debugging need"`, admin);
  expect(await output('vsecure mcp:audit --resource "production/*" --since 24h', admin)).toContain(
    'access_granted',
  );
  expect(await output('vsecure mcp --check', agent)).toContain('✓ key: claude-desktop');
});

test('an installed command that fails says what to do', async () => {
  const { exit, stderr } = await shell('vsecure auth:whoami', { VSECURE_API_KEY: '' });
  expect(exit).toBe(1);
  expect(stderr).toContain('Set VSECURE_API_KEY');
});
