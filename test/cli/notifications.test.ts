/** Notification commands and secrets:rotate against the real server. */

import { beforeEach, describe, expect, test } from 'vitest';
import type { Senders, SendResult } from '../../src/ports/index.js';
import { type Serving, startServing } from '../http/serving.js';
import { buildServices, unwrap } from '../support/services.js';
import { run, type TerminalOptions } from './terminal.js';

const CANARY = 'canary-8Jd3';
const SLACK_URL = `https://hooks.slack.com/services/T1/B1/${CANARY}`;
const WEBHOOK_URL = `https://receiver.example.com/${CANARY}`;

let serving: Serving;
let admin: TerminalOptions;
let answer: SendResult;

beforeEach(async () => {
  answer = { outcome: 'sent' };
  const send = () => async () => answer;
  const senders: Senders = { email: send, slack: send, webhook: send };
  const services = await buildServices({ senders });
  serving = await startServing(services);
  admin = { url: serving.server.url, token: services.adminToken };
  return async () => {
    await serving.close();
    await services.close();
  };
});

const set = (options: Partial<TerminalOptions>, ...argv: string[]) =>
  run({ ...admin, ...options }, 'notifications:set', ...argv);
const listed = async () => JSON.parse((await run(admin, 'notifications:list', '--json')).out);

describe('notifications:set', () => {
  test('changes the given settings and leaves all others unchanged', async () => {
    const addresses = 'oncall@example.com, bob@example.com';
    const made = await set({}, 'email', '--recipients', addresses, '--events', 'alert,secret_read');
    expect(made.out).toMatch(
      /^email +on +oncall@example\.com, bob@example\.com +alert, secret_read +omitted$/m,
    );
    await set({}, 'email', '--include-reason', '--off', '--yes');
    expect(await listed()).toMatchObject({
      email: { enabled: false, includeReason: true, events: ['alert', 'secret_read'] },
    });
    await set({}, 'email', '--no-include-reason', '--on', '--events', '*');
    expect(await listed()).toMatchObject({
      email: {
        enabled: true,
        includeReason: false,
        events: ['*'],
        recipients: ['oncall@example.com', 'bob@example.com'],
      },
    });
  });

  test('reads a URL from stdin or a hidden prompt and never prints it', async () => {
    const piped = await set(
      { stdin: `${SLACK_URL}\n` },
      'slack',
      '--url',
      '--channel',
      '#approvals',
    );
    expect(piped).toMatchObject({ exit: 0, err: '' });
    const typed = await set({ answer: () => WEBHOOK_URL }, 'webhook', '--url');
    expect(typed.asked).toEqual(['URL: ']);
    const after = await run(admin, 'notifications:list');
    expect(after.out).toMatch(/^slack +on +#approvals +all except secret_read +omitted$/m);
    expect(after.out).toMatch(/^webhook +on +https:\/\/receiver\.example\.com +all except/m);
    for (const { out, err } of [piped, typed, after]) expect(out + err).not.toContain(CANARY);
  });

  test('prints the signing secret once, and a new one after rotation', async () => {
    const secretIn = ({ out }: { out: string }) => /whsec_[A-Za-z0-9+/=]+/.exec(out)?.[0];
    const first = secretIn(await set({ stdin: WEBHOOK_URL }, 'webhook', '--url'));
    expect(first).toBeDefined();
    const changed = await set({}, 'webhook', '--events', 'alert');
    const rotated = secretIn(await set({}, 'webhook', '--rotate-secret'));
    expect(rotated).toBeDefined();
    expect(rotated).not.toBe(first);
    for (const { out } of [changed, await run(admin, 'notifications:list')])
      expect(out).not.toContain('whsec_');
  });

  test('refuses invalid options as wrong usage and changes nothing', async () => {
    const wrong = [
      ['nothing to change', 'email'],
      ['another receiver', 'pager', '--on'],
      ['no address on stdin', 'slack', '--url'],
      ['an address on the command line', 'slack', '--url', SLACK_URL],
      ['an unknown event', 'email', '--events', CANARY],
      ['recipients of Slack', 'slack', '--recipients', 'a@example.com'],
      ['a channel of a webhook', 'webhook', '--channel', '#a'],
      ['an address of e-mail', 'email', '--url'],
      ['a signing secret of Slack', 'slack', '--rotate-secret'],
      ['on and off', 'email', '--on', '--off'],
    ];
    for (const [what, ...argv] of wrong) {
      const ran = await set({}, ...argv);
      expect(ran.exit, what).toBe(2);
      expect(ran.out + ran.err, what).not.toContain(CANARY);
    }
    expect(await listed()).toEqual({});
  });

  test('refuses hostile values by field and never repeats them', async () => {
    const odd: readonly (readonly [string, string | undefined, ...string[]])[] = [
      ['email.recipients', undefined, 'email', '--recipients', `a@b.example\r\nBcc:${CANARY}`],
      ['slack.channel', SLACK_URL, 'slack', '--url', '--channel', `\u001b[2J${CANARY}`],
      ['slack.webhookUrl', `https://hooks.slack.com/ ${CANARY}`, 'slack', '--url'],
      ['webhook.url', `javascript:${CANARY}`, 'webhook', '--url'],
      ['webhook.url', `https://receiver.example.com/\r\nX: ${CANARY}`, 'webhook', '--url'],
    ];
    for (const [field, stdin, ...argv] of odd) {
      const ran = await set({ stdin: stdin ?? '' }, ...argv);
      expect(ran).toMatchObject({ exit: 1, out: '', err: expect.stringContaining(field) });
      expect(ran.err).not.toContain(CANARY);
    }
    expect(await listed()).toEqual({});
  });
});

test('a key without notifications:manage can neither list nor change receivers', async () => {
  const { token } = await serving.services.agent('curious');
  for (const argv of [['list'], ['test', 'email'], ['deliveries'], ['set', 'email', '--on']]) {
    const [verb, ...rest] = argv;
    const ran = await run({ ...admin, token }, `notifications:${verb}`, ...rest);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain('notifications:manage');
  }
});

test('notifications:list without receivers says how to add one', async () => {
  const ran = await run(admin, 'notifications:list');
  expect(ran).toMatchObject({ exit: 0, out: '' });
  expect(ran.err).toContain('notifications:set');
});

test('notifications:test prints the outcome, and fails when the receiver was not reached', async () => {
  await set({ stdin: SLACK_URL }, 'slack', '--url');
  expect(await run(admin, 'notifications:test', 'slack')).toMatchObject({
    exit: 0,
    out: 'Sent a test to slack.',
  });
  answer = { outcome: 'retry', error: 'http_500' };
  const failed = await run(admin, 'notifications:test', 'slack', '--json');
  expect(failed).toMatchObject({ exit: 1, err: expect.stringContaining('http_500') });
  expect(JSON.parse(failed.out)).toMatchObject({ receiver: 'slack', error: 'http_500' });
  expect((await run(admin, 'notifications:test', 'webhook')).exit).toBe(1);
  expect((await run(admin, 'notifications:test', 'pager')).exit).toBe(2);
});

test('dead deliveries are listed and sent again, by id or for a whole receiver', async () => {
  await set({ stdin: WEBHOOK_URL }, 'webhook', '--url', '--events', 'policy_changed');
  await serving.services.policy();
  await serving.services.policy({ maxUses: 3 });
  const waiting = await run(admin, 'notifications:deliveries');
  expect(waiting.out).toMatch(/^dlvr_\S+ .* webhook +policy_changed +waiting +0 +-$/m);
  await set({}, 'webhook', '--off', '--yes');
  const dead = await run(admin, 'notifications:deliveries', '--state', 'dead', '--json');
  const ids = JSON.parse(dead.out).map(({ id }: { id: string }) => id);
  expect(ids).toHaveLength(2);

  const once = await run(admin, 'notifications:replay', ids[0]);
  expect(once.out).toBe('Queued to send again: 1.');
  const filter = ['--receiver', 'webhook', '--event', 'policy_changed', '--limit', '1'];
  const limited = await run(admin, 'notifications:deliveries', ...filter);
  expect(limited.out.split('\n')).toHaveLength(2);
  expect(limited.err).toContain('--limit');
  const rest = await run(admin, 'notifications:replay', '--receiver', 'webhook', '--since', '1h');
  expect(rest.out).toBe('Queued to send again: 1.');
  const sent = ['--receiver', 'webhook', '--state', 'sent'];
  expect((await run(admin, 'notifications:replay', ...sent)).out).toBe('Queued to send again: 0.');
  const none = await run(admin, 'notifications:deliveries', '--receiver', 'email');
  expect(none).toMatchObject({ exit: 0, out: '' });

  for (const argv of [
    [],
    [ids[0], '--receiver', 'webhook'],
    ['--receiver', 'pager'],
    [ids[0], '--since', '1h'],
  ])
    expect((await run(admin, 'notifications:replay', ...argv)).exit).toBe(2);
  expect((await run(admin, 'notifications:replay', '../../keys')).exit).toBe(1);
});

describe('secrets:rotate', () => {
  const uri = 'vsecure://secrets/staging/SESSION_KEY';

  test('replaces the value with one that the server generates and never prints', async () => {
    const { services } = serving;
    await services.secret(CANARY, uri);
    const rotated = await run(admin, 'secrets:rotate', 'staging/SESSION_KEY', '--length', '64');
    expect(rotated).toMatchObject({ exit: 0, out: `Rotated ${uri}, version 2.`, err: '' });
    const json = await run(admin, 'secrets:rotate', uri, '--json');
    expect(JSON.parse(json.out)).toEqual({ path: uri, version: 3, previousVersion: 2 });

    await services.policy({ requiresApproval: false }, uri);
    const { caller } = await services.agent('reading');
    await services.ask(caller, { resources: [uri] });
    const stored = async (version: number) => {
      const read = await services.useCases.readSecret(caller, { resource: uri, version });
      return Buffer.from(unwrap(read).value).toString();
    };
    const [second, third] = [await stored(2), await stored(3)];
    expect([second.length, third.length]).toEqual([64, 43]);
    for (const value of [CANARY, second, third])
      expect(rotated.out + json.out).not.toContain(value);
  });

  test('refuses a missing secret, a value as an argument, and an invalid length', async () => {
    expect(await run(admin, 'secrets:rotate', 'staging/NONE')).toMatchObject({ exit: 1, out: '' });
    const given = await run(admin, 'secrets:rotate', 'staging/SESSION_KEY', CANARY);
    expect(given.exit).toBe(2);
    expect(given.err).not.toContain(CANARY);
    for (const length of ['21', '4097', 'x', '-1'])
      expect((await run(admin, 'secrets:rotate', uri, '--length', length)).exit).toBe(2);
  });
});
