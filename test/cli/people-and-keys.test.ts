/** Commands that suspend and resume keys, and that link Slack accounts. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Serving, startServing } from '../http/serving.js';
import { run, type TerminalOptions } from './terminal.js';

let serving: Serving;
let admin: TerminalOptions;
let bob: TerminalOptions;
let agent: TerminalOptions;

beforeAll(async () => {
  serving = await startServing();
  const { services, server } = serving;
  admin = { url: server.url, token: services.adminToken };
  bob = { ...admin, token: (await services.human('bob@example.com')).token };
  agent = { ...admin, token: (await services.agent('claude-desktop')).token };
});
afterAll(() => serving.close());

describe('keys:suspend', () => {
  test('lets the owner suspend a key immediately and shows who can resume it', async () => {
    const ran = await run(bob, 'keys:suspend', 'claude-desktop', '--reason', 'not me');
    expect(ran).toMatchObject({
      exit: 0,
      out: 'Suspended claude-desktop. Grants revoked: 0; requests cancelled: 0.',
    });
    expect(ran.err).toContain('vsecure keys:resume claude-desktop');
    const refused = await run(agent, 'auth:whoami');
    expect(refused).toMatchObject({ exit: 1, out: '' });
    expect(refused.err).toContain('This key is suspended');
    expect(refused.err).toContain('vsecure keys:resume');
  });

  test('reports a key that is already suspended, and keys:list shows since when', async () => {
    const again = await run(admin, 'keys:suspend', 'claude-desktop', '--reason', 'sure', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ name: 'claude-desktop', already: true });
    const more = await run(admin, 'keys:suspend', 'claude-desktop', '--reason', 'sure');
    expect(more.out).toBe('claude-desktop is already suspended.');
    const { out } = await run(admin, 'keys:list');
    expect(out).toMatch(/claude-desktop .*\d{4}-\d\d-\d\d \d\d:\d\d UTC *$/m);
    expect(out).toMatch(/SUSPENDED *$/m);
  });

  test('needs a reason', async () => {
    expect((await run(bob, 'keys:suspend', 'claude-desktop')).exit).toBe(2);
  });

  test('is refused for AI tools and for people who do not own the key', async () => {
    const { services } = serving;
    const other = { ...admin, token: (await services.agent('cursor')).token };
    const eve = { ...admin, token: (await services.human('eve@example.com')).token };
    for (const who of [other, eve]) {
      const ran = await run(who, 'keys:suspend', 'cursor', '--reason', 'why not');
      expect(ran).toMatchObject({ exit: 1, out: '' });
    }
    expect((await run(other, 'auth:whoami')).exit).toBe(0);
  });
});

describe('keys:resume', () => {
  test('lets only an administrator reactivate a key', async () => {
    expect((await run(bob, 'keys:resume', 'claude-desktop', '--yes')).exit).toBe(1);
    const ran = await run(
      admin,
      'keys:resume',
      'claude-desktop',
      '--reason',
      'it was bob',
      '--yes',
    );
    expect(ran).toMatchObject({ exit: 0, out: 'Resumed claude-desktop.' });
    expect((await run(agent, 'auth:whoami')).exit).toBe(0);
    expect((await run(admin, 'keys:resume', 'claude-desktop', '--yes')).exit).toBe(1);
  });
});

describe('people:code', () => {
  test('prints only the code to stdout, and the Slack command to stderr', async () => {
    const ran = await run(bob, 'people:code');
    expect(ran.exit).toBe(0);
    expect(ran.out).toMatch(/^link_[0-9A-Za-z]{22}$/);
    expect(ran.err).toContain(`/vsecure link ${ran.out}`);
    expect(ran.err).toContain('linked to bob@example.com');
  });

  test('lets only an administrator create a code for another person', async () => {
    const made = await run(admin, 'people:code', '--for', 'bob@example.com', '--json');
    expect(JSON.parse(made.out)).toMatchObject({ email: 'bob@example.com' });
    expect((await run(bob, 'people:code', '--for', 'admin@example.com')).exit).toBe(1);
    expect((await run(agent, 'people:code')).exit).toBe(1);
  });
});

describe('people:remove', () => {
  const listed = async () =>
    (JSON.parse((await run(admin, 'people:list', '--json')).out) as { email: string }[]).map(
      ({ email }) => email,
    );

  test('asks first, and without a terminal changes nothing unless --yes is given', async () => {
    await serving.services.human('gone@example.com');
    const silent = await run(admin, 'people:remove', 'gone@example.com');
    expect(silent).toMatchObject({ exit: 2, out: '' });
    expect(silent.err).toContain('Nothing was removed.');
    const no = await run({ ...admin, answer: () => 'n' }, 'people:remove', 'gone@example.com');
    expect(no.exit).toBe(1);
    expect(await listed()).toContain('gone@example.com');
  });

  test('ends everything that the person could do, and keeps the audit trail', async () => {
    await run(admin, 'people:link', 'gone@example.com', '--slack', 'T1/U7GONE');
    const { services } = serving;
    await services.policy({ requiresApproval: false });
    await services.secret();
    const { token, caller } = await services.agent('gone-tool', 'gone@example.com');
    await services.ask(caller);
    const before = (await run(admin, 'mcp:audit', '--limit', '1000', '--json')).out;

    const removed = await run(admin, 'people:remove', 'gone@example.com', '--yes', '--json');
    expect(JSON.parse(removed.out)).toMatchObject({ active: false, role: 'member', slack: [] });
    expect(await listed()).not.toContain('gone@example.com');
    const tool = await run({ ...admin, token }, 'auth:whoami');
    expect(tool).toMatchObject({ exit: 1, out: '' });
    const grants = JSON.parse((await run(admin, 'mcp:grants', '--json')).out);
    expect(
      grants.filter((one: { holder: { name: string } }) => one.holder.name === 'gone-tool'),
    ).toEqual([]);
    const after = (await run(admin, 'mcp:audit', '--limit', '1000', '--json')).out;
    expect(JSON.parse(after).slice(-JSON.parse(before).length)).toEqual(JSON.parse(before));
    const shown = await run(admin, 'mcp:audit', '--action', 'person_changed', '--limit', '1');
    expect(shown.out).toContain('removed yes');
    const again = await run(admin, 'people:remove', 'gone@example.com', '--yes');
    expect(again).toMatchObject({ exit: 1, out: '' });
  });

  test('people:set adds the same address again as a member without keys, and its Slack account can be linked', async () => {
    const link = ['people:link', 'gone@example.com', '--slack', 'T1/U7GONE', '--yes'] as const;
    expect((await run(admin, ...link)).exit).toBe(1);
    const back = await run(admin, 'people:set', 'gone@example.com', '--json');
    expect(JSON.parse(back.out)).toMatchObject({ active: true, role: 'member', slack: [] });
    expect(await listed()).toContain('gone@example.com');
    expect((await run(admin, ...link)).exit).toBe(0);
  });

  test('is for administrators, and the last one stays', async () => {
    expect(await run(bob, 'people:remove', 'gone@example.com', '--yes')).toMatchObject({ exit: 1 });
    const last = await run(admin, 'people:remove', 'admin@example.com', '--yes');
    expect(last).toMatchObject({ exit: 1, out: '' });
    expect(last.err).toContain('another active administrator');
  });

  test('a removed administrator is no administrator again', async () => {
    await run(admin, 'people:set', 'chief@example.com', '--role', 'admin', '--yes');
    expect((await run(admin, 'people:remove', 'chief@example.com', '--yes')).exit).toBe(0);
    const back = await run(admin, 'people:set', 'chief@example.com', '--json');
    expect(JSON.parse(back.out)).toMatchObject({ role: 'member', active: true });
  });
});

test('mcp:grants shows whose key holds each grant', async () => {
  const { services } = serving;
  const { caller } = await services.agent('held', 'bob@example.com');
  await services.ask(caller);
  const { out } = await run(admin, 'mcp:grants');
  expect(out).toMatch(/ KEY +ENDS /);
  expect(out).toContain('held (bob@example.com)');
});
