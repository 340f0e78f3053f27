/** Operator commands against the real server. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { DATABASE_URL, unwrap } from '../support/services.js';
import { run, type TerminalOptions } from './terminal.js';

let serving: Serving;
let admin: TerminalOptions;

beforeAll(async () => {
  serving = await startServing();
  admin = { url: serving.server.url, token: serving.services.adminToken };
});
afterAll(() => serving.close());

describe('secrets:set', () => {
  const VALUE = 'canary-3Vt8\nsecond line\n';

  /** Reads the latest value as an agent with its own grant. */
  async function stored(resource: string): Promise<string> {
    await serving.services.policy({ requiresApproval: false }, resource);
    const name = `reader-${resource.replaceAll(/\W/g, '-')}-${Math.random()}`.slice(0, 100);
    const { caller } = await serving.services.agent(name);
    await serving.services.ask(caller, { resources: [resource] });
    const read = unwrap(await serving.services.useCases.readSecret(caller, { resource }));
    return Buffer.from(read.value).toString();
  }

  test('stores a file byte for byte and prints only metadata', async () => {
    const ran = await run({ ...admin, stdin: VALUE }, 'secrets:set', 'production/DATABASE_URL');
    expect(ran).toMatchObject({ exit: 0, out: `Stored ${DATABASE_URL}, version 1.`, err: '' });
    expect(await stored(DATABASE_URL)).toBe(VALUE);
    const windows = { ...admin, stdin: '\ufeffx\r\n\r\n' };
    expect((await run(windows, 'secrets:set', 'production/DATABASE_URL')).exit).toBe(0);
    expect(await stored(DATABASE_URL)).toBe('\ufeffx\r\n\r\n');
  });

  test.each([
    ['typed\n', 'typed'],
    ['typed\r\n', 'typed'],
    ['typed \t\u00a0\n', 'typed \t\u00a0'],
    [' \n', ' '],
  ])('removes only the line break of a single line, and says so (%j)', async (stdin, value) => {
    const ran = await run({ ...admin, stdin }, 'secrets:set', 'production/ECHOED');
    expect(ran).toMatchObject({
      exit: 0,
      err: expect.stringContaining('Removed the line break'),
    });
    expect(await stored('vsecure://secrets/production/ECHOED')).toBe(value);
  });

  test.each([
    [
      'an OpenSSH key',
      'ssh-keygen',
      ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f'],
      ['-y', '-P', '', '-f'],
    ],
    ['an RSA key', 'openssl', ['genrsa', '-out'], ['rsa', '-noout', '-check', '-in']],
  ])('stores %s so that its own tool reads it back', async (_what, tool, make, read) => {
    const folder = temporaryFolder('keys');
    const [made, back] = [path.join(folder, 'made'), path.join(folder, 'back')];
    execFileSync(tool, [...make, made], { stdio: 'ignore' });
    const key = readFileSync(made);
    expect((await run({ ...admin, stdin: key }, 'secrets:set', 'keys/PRIVATE')).exit).toBe(0);
    const value = await stored('vsecure://secrets/keys/PRIVATE');
    expect(Buffer.from(value).equals(key)).toBe(true);
    writeFileSync(back, value, { mode: 0o600 });
    expect(execFileSync(tool, [...read, back], { encoding: 'utf8' })).toBeDefined();
  });

  test('asks for the value on a terminal without echoing it', async () => {
    const terminal = { ...admin, answer: () => 'typed' };
    const ran = await run(terminal, 'secrets:set', 'production/TYPED', '--json');
    expect(ran.asked).toEqual(['Value of vsecure://secrets/production/TYPED: ']);
    expect(JSON.parse(ran.out)).toMatchObject({ version: 1 });
    expect(ran.out).not.toContain('"typed"');
    expect(await stored('vsecure://secrets/production/TYPED')).toBe('typed');
  });

  test('--template stores a template', async () => {
    const stdin = 'PORT=3000';
    const ran = await run({ ...admin, stdin }, 'secrets:set', 'staging/env', '--template');
    expect(ran.out).toContain('vsecure://templates/staging/env');
    expect((await run({ ...admin, stdin }, 'secrets:set', DATABASE_URL, '--template')).exit).toBe(
      2,
    );
  });

  test('a value as an argument, a missing value and a value that is not text are wrong usage', async () => {
    const extra = await run({ ...admin, stdin: 'x' }, 'secrets:set', 'a/b', 'canary-on-the-line');
    expect(extra.exit).toBe(2);
    expect(extra.err).not.toContain('canary');
    expect((await run(admin, 'secrets:set', 'a/b')).exit).toBe(2);
    const bytes = { ...admin, stdin: Uint8Array.of(0xff, 0xfe) };
    expect((await run(bytes, 'secrets:set', 'a/b')).exit).toBe(2);
  });

  test('secrets:delete asks for confirmation on a terminal and deletes the secret', async () => {
    await run({ ...admin, stdin: 'x' }, 'secrets:set', 'production/GONE');
    const kept = await run({ ...admin, answer: () => 'n' }, 'secrets:delete', 'production/GONE');
    expect(kept).toMatchObject({ exit: 1, err: expect.stringContaining('Nothing was deleted.') });
    const gone = await run({ ...admin, answer: () => 'y' }, 'secrets:delete', 'production/GONE');
    expect(gone.out).toBe(
      'Deleted vsecure://secrets/production/GONE with all its versions (latest: 1).',
    );
    const twice = await run(admin, 'secrets:delete', 'production/GONE', '--yes');
    expect(twice).toMatchObject({ exit: 1, out: '' });
  });

  test('mcp:grants lists active grants, and mcp:revoke revokes one', async () => {
    const resource = 'vsecure://secrets/production/GRANTED';
    await serving.services.policy({ requiresApproval: false }, resource);
    const { caller } = await serving.services.agent('granted-agent');
    const { id } = await serving.services.ask(caller, { resources: [resource] });
    const grant = (await serving.services.store.grants.ofApproval(id))?.id ?? '';
    const listed = await run(admin, 'mcp:grants');
    expect(listed.out).toContain(`${grant}  active`);
    expect(listed.err).toContain('vsecure mcp:revoke');
    expect((await run(admin, 'mcp:revoke', grant)).exit).toBe(2);
    const ended = await run(admin, 'mcp:revoke', grant, '--reason', 'enough');
    expect(ended.out).toBe(`Revoked ${grant}.`);
    expect((await run(admin, 'mcp:grants')).out).not.toContain(grant);
    expect((await run(admin, 'mcp:grants', '--all')).out).toContain(`${grant}  revoked`);
    expect((await run(admin, 'mcp:revoke', grant, '--reason', 'again')).exit).toBe(1);
  });

  test('secrets:list shows paths and versions but no values', async () => {
    const ran = await run(admin, 'secrets:list');
    expect(ran.out).toMatch(new RegExp(`^${DATABASE_URL} +2 `, 'm'));
    expect(ran.out).not.toContain('canary');
  });
});

describe('keys and people', () => {
  test('keys:create prints the key once as the only line on stdout, and keys:revoke revokes it', async () => {
    const options = ['--name', 'cursor', '--class', 'agent', '--owner', 'bob@example.com'];
    const made = await run(admin, 'keys:create', ...options, '--scopes', 'audit:read,secrets:list');
    expect(made.out).toMatch(/^vsk_a_[0-9A-Za-z_]+$/);
    expect(made.err).toContain('only this once');
    const as = { ...admin, token: made.out };
    const me = await run(as, 'auth:whoami');
    expect(me.out).toMatch(/^Scopes +audit:read secrets:list$/m);
    const id = me.out.match(/^Key +(\S+)/m)?.[1] ?? '';
    const listed = await run(admin, 'keys:list');
    expect(listed.out).toMatch(new RegExp(`^${id} +cursor +agent +bob@example.com`, 'm'));
    expect(listed.out).not.toContain(made.out);
    const scopes = await run(as, 'auth:scopes');
    expect(scopes.out).toMatch(/^approvals:decide +no$/m);
    expect((await run(admin, 'keys:revoke', id, '--yes')).out).toBe(`Revoked ${id}.`);
    const after = await run(as, 'auth:whoami');
    expect(after.exit).toBe(1);
    expect(after.err).toContain('VSECURE_API_KEY');
  });

  test('a second key for an existing name needs --additional', async () => {
    const options = ['--name', 'rotating', '--class', 'agent', '--owner', 'bob@example.com'];
    expect((await run(admin, 'keys:create', ...options, '--expires', '90d')).err).toContain(
      'expires 2',
    );
    const again = await run(admin, 'keys:create', ...options);
    expect(again).toMatchObject({ exit: 1, out: '' });
    expect((await run(admin, 'keys:create', ...options, '--additional')).exit).toBe(0);
  });

  test('an invalid class, scope, role or Slack account is wrong usage', async () => {
    const options = ['--name', 'x', '--owner', 'a@b.example'];
    const wrong = [
      ['keys:create', ...options, '--class', 'root'],
      ['keys:create', ...options],
      ['keys:create', ...options, '--class', 'agent', '--scopes', 'all'],
      ['people:set', 'a@b.example', '--role', 'king'],
      ['people:set', 'a@b.example', '--active', 'maybe'],
      ['people:link', 'a@b.example', '--slack', 'U1/T1'],
      ['people:link', 'a@b.example', '--slack', 'T1/U1/x'],
    ];
    for (const argv of wrong) expect((await run(admin, ...argv)).exit).toBe(2);
  });

  test('people:set, people:link and people:list manage people', async () => {
    await run(admin, 'people:set', 'dora@example.com', '--role', 'auditor', '--yes');
    const deactivated = await run(
      admin,
      'people:set',
      'dora@example.com',
      '--active',
      'false',
      '--yes',
    );
    expect(deactivated.out).toBe('dora@example.com: auditor, deactivated.');
    const linked = await run(admin, 'people:link', 'erin@example.com', '--slack', 'T1/U7', '--yes');
    expect(linked.out).toContain('erin@example.com is linked to T1/U7');
    const listed = await run(admin, 'people:list');
    expect(listed.out).toMatch(/^dora@example.com +auditor +no +-$/m);
    expect(listed.out).toMatch(/^erin@example.com +member +yes +T1\/U7$/m);
  });
});

describe('mcp:audit', () => {
  test('lists events, newest first, with filters and as JSON', async () => {
    const all = await run(admin, 'mcp:audit', '--since', '1h');
    expect(all.out).toContain('policy_changed');
    const argv = ['--action', 'secret_written', '--resource', 'production/*', '--json'];
    const written = JSON.parse((await run(admin, 'mcp:audit', ...argv)).out);
    const types = new Set(written.map(({ type }: { type: string }) => type));
    expect(types).toEqual(new Set(['secret_written']));
    const limited = await run(admin, 'mcp:audit', '--limit', '1');
    expect(limited.out.split('\n')).toHaveLength(2);
    expect(limited.err).toContain('--limit');
    const none = await run(admin, 'mcp:audit', '--until', '2020-01-01');
    expect(none).toMatchObject({ exit: 0, out: '' });
    expect((await run(admin, 'mcp:audit', '--action', 'odd')).exit).toBe(2);
    expect((await run(admin, 'mcp:audit', '--since', 'yesterday')).exit).toBe(1);
  });
});
