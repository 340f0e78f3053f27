/** `vsecure slack:check`: each problem of the Slack setup gets a finding with a fix, and no finding contains a token. */

import { createServer } from 'node:http';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signAsSlack } from '../../src/crypto/slack-signature.js';
import { createHostCheck } from '../../src/http/allowed-hosts.js';
import { checkSlack, type SlackCheckOptions } from '../../src/slack/check/check-slack.js';
import type { Checked } from '../../src/slack/check/finding.js';
import { createTransport } from '../../src/slack/inbound/transport.js';
import { PRODUCTION } from '../support/services.js';
import { BOT_SCOPES, type Emulate } from '../support/slack/emulate.js';
import type { FaultProxy } from '../support/slack/fault-proxy.js';
import { freePort, listenOnLoopback, shut } from '../support/slack/loopback.js';
import { type CheckedWorkspace, openWorkspace, slackSays } from './check-scene.js';

const APP_TOKEN = 'xapp-1-A0-secret-part';
const TICKET = 'wss://example.invalid/?ticket=secret-ticket';
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

const closing: (() => Promise<unknown>)[] = [];
let emulate: Emulate;
let proxy: FaultProxy;
beforeEach(async () => {
  ({ emulate, proxy } = await workspace());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function workspace(options?: CheckedWorkspace) {
  const opened = await openWorkspace(options);
  closing.push(opened.close);
  return opened;
}

const fail = (method: string, error: string) =>
  proxy.inject({ method, fault: 'error', error, times: Infinity });

/** What takes Slack's requests in the server: the host check, and the endpoint behind it. */
async function endpoint(signingSecret = emulate.signingSecret): Promise<string> {
  const app = express();
  app.use(createHostCheck(['127.0.0.1']));
  createTransport({ signingSecret }, SILENT).mount(app);
  const server = createServer(app);
  closing.push(() => shut(server));
  return `http://127.0.0.1:${await listenOnLoopback(server)}`;
}

const addressOf = (publicUrl: string | undefined, httpsOnly = false) => ({
  publicUrl,
  httpsOnly,
  challenge: 'a-challenge',
  sign: (body: string) => signAsSlack(emulate.signingSecret, body, new Date()),
});

async function check(changes: Partial<SlackCheckOptions> = {}): Promise<readonly Checked[]> {
  const all: Checked[] = [];
  const asked: SlackCheckOptions = {
    botToken: emulate.botToken,
    apiUrl: proxy.apiUrl,
    channels: [{ id: emulate.channelId, usedBy: ['default'] }],
    email: 'alice@example.com',
    post: false,
    address: undefined,
    ...changes,
  };
  for await (const one of checkSlack(asked)) all.push(one);
  for (const secret of [emulate.botToken, emulate.signingSecret, APP_TOKEN, 'secret-ticket'])
    expect(JSON.stringify(all)).not.toContain(secret);
  return all;
}

const find = (all: readonly Checked[], about: string) =>
  all.find((one) => one.check.startsWith(about));
const results = (all: readonly Checked[]) => [...new Set(all.map(({ result }) => result))];

test('a workspace in order has nothing but good lines', async () => {
  const all = await check({ address: addressOf(await endpoint()) });
  expect(all.map(({ check: about, result }) => `${result} ${about}`)).toEqual([
    'ok bot token',
    'ok scopes',
    'ok optional scope channels:read',
    'ok optional scope groups:read',
    'ok optional scope usergroups:read',
    'ok event address',
    // The app of this test has no /readyz.
    'skipped signatures',
    `ok channel ${emulate.channelId} (default)`,
    'ok people by e-mail',
    'ok clock',
    'ok speed',
  ]);
  expect(find(all, 'bot token')?.message).toContain(`Acme (${emulate.teamId})`);
  expect(find(all, 'channel')?.message).toMatch(/^the bot is in #approvals.*private$/);
  expect(await emulate.messages()).toEqual([]);
});

describe('the bot token', () => {
  test('that was revoked fails, and checks that need it are skipped', async () => {
    proxy.clearFaults();
    fail('auth.test', 'token_revoked');
    const all = await check({ address: addressOf(await endpoint()) });
    expect(find(all, 'bot token')).toMatchObject({
      result: 'failed',
      message: 'Slack refused: token_revoked',
      fix: expect.stringContaining('SLACK_BOT_TOKEN'),
    });
    expect(find(all, 'channel')).toMatchObject({ result: 'skipped' });
    expect(find(all, 'scopes')).toMatchObject({ result: 'skipped' });
    expect(find(all, 'event address')).toMatchObject({ result: 'ok' });
  });

  test('of a person instead of a bot fails', async () => {
    proxy.clearFaults();
    const json = { ok: true, team: 'Acme', team_id: 'T1', user: 'alice', user_id: 'U1' };
    proxy.inject({ method: 'auth.test', fault: 'json', json, times: 2 });
    expect(find(await check(), 'bot token')).toMatchObject({
      result: 'failed',
      fix: expect.stringContaining('Bot User OAuth Token'),
    });
  });
});

describe('Slack', () => {
  test('that cannot be reached is one failed check', async () => {
    const all = await check({ apiUrl: `http://127.0.0.1:${await freePort()}/api/` });
    expect(find(all, 'bot token')).toMatchObject({
      result: 'failed',
      message: 'Slack did not answer (not_reached)',
      fix: expect.stringContaining('firewall'),
    });
    expect(all.filter(({ result }) => result === 'failed')).toHaveLength(1);
  });

  test.each([
    [{ fault: 'status', status: 503 } as const, 'Slack did not answer (http_503)'],
    [{ fault: 'drop-before' } as const, 'Slack did not answer (no_answer)'],
    [{ fault: 'rate-limited', retryAfterSeconds: 9 } as const, 'Slack limits the rate of calls'],
    [
      { fault: 'json', json: { ok: true, hello: 'world' } } as const,
      'the answer is not from Slack',
    ],
  ])('that answers with an error (%o) is a failed check', async (fault, message) => {
    proxy.clearFaults();
    proxy.inject({ method: 'auth.test', ...fault, times: 2 });
    expect(find(await check(), 'bot token')).toMatchObject({ result: 'failed', message });
  });
});

describe('scopes', () => {
  test('that are missing are listed', async () => {
    slackSays(proxy, { scopes: ['chat:write', 'commands', 'users:read'] });
    const all = await check();
    expect(find(all, 'scopes')).toMatchObject({
      result: 'failed',
      message: 'missing: im:write, users:read.email',
      fix: expect.stringContaining('reinstall'),
    });
    expect(find(all, 'optional scope groups:read')).toMatchObject({
      result: 'skipped',
      message: expect.stringContaining(
        'not granted: vsecure cannot see who is in a private channel',
      ),
    });
  });

  test('that are optional may be missing: the channel check is skipped, unless a test message is posted', async () => {
    const scopes = BOT_SCOPES.filter(
      (scope) => !scope.endsWith('s:read') || scope === 'users:read',
    );
    ({ emulate, proxy } = await workspace({ scopes }));
    const all = await check();
    expect(results(all)).toEqual(['ok', 'skipped']);
    expect(find(all, 'channel')).toMatchObject({
      result: 'skipped',
      message: expect.stringContaining('vsecure cannot see whether the bot is in it'),
    });
    expect(find(await check({ post: true }), 'channel')?.message).toContain('was posted');
    expect(await emulate.messages()).toHaveLength(1);
  });
});

describe('a channel', () => {
  test('that does not exist fails with the advice to check its id', async () => {
    const channels = [{ id: 'C0GONE', usedBy: ['default', PRODUCTION] }];
    expect(find(await check({ channels }), 'channel')).toMatchObject({
      check: `channel C0GONE (default, ${PRODUCTION})`,
      result: 'failed',
      message: 'Slack refused: channel_not_found',
      fix: expect.stringContaining('/invite @vsecure'),
    });
  });

  test('without the bot fails with the advice to invite it', async () => {
    ({ emulate, proxy } = await workspace({ botInChannel: false }));
    expect(find(await check({ post: true }), 'channel')).toMatchObject({
      result: 'failed',
      fix: expect.stringContaining('/invite @vsecure'),
    });
    expect(proxy.callsOf('chat.postMessage')).toEqual([]);
  });

  test.each([
    ['is_member', false, 'the bot is not in #x', 'invite'],
    ['is_archived', true, '#x is archived', 'unarchive'],
    ['is_ext_shared', true, '#x is shared with another company', 'stop sharing'],
    ['is_pending_ext_shared', true, '#x is shared with another company', 'stop sharing'],
  ])('whose %s is %s fails', async (flag, value, message, fix) => {
    const json = { ok: true, channel: { name: 'x', is_member: true, [flag]: value } };
    proxy.inject({ method: 'conversations.info', fault: 'json', json });
    expect(find(await check({ post: true }), 'channel')).toMatchObject({
      result: 'failed',
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
    expect(proxy.callsOf('chat.postMessage')).toEqual([]);
  });

  test('that is public is reported as public', async () => {
    const json = { ok: true, channel: { name: 'x', is_member: true } };
    proxy.inject({ method: 'conversations.info', fault: 'json', json });
    expect(find(await check(), 'channel')?.message).toContain('public');
  });

  test('gets a test message only with the option for it, and Slack’s refusal of the message is reported', async () => {
    expect(find(await check({ post: true }), 'channel')?.message).toContain('was posted');
    expect(await emulate.messages()).toHaveLength(1);
    fail('chat.postMessage', 'restricted_action');
    expect(find(await check({ post: true }), 'channel')).toMatchObject({
      result: 'failed',
      message: 'Slack refused: restricted_action',
    });
  });
});

describe('the event address', () => {
  const event = async (publicUrl: string | undefined, httpsOnly = false) =>
    find(await check({ address: addressOf(publicUrl, httpsOnly) }), 'event address');

  test('fails when the server has a different signing secret', async () => {
    expect(await event(await endpoint('another-secret'))).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('answered 401: the server has a different signing secret'),
      fix: expect.stringContaining('SLACK_SIGNING_SECRET'),
    });
  });

  test('fails when nothing listens there', async () => {
    expect(await event(`http://127.0.0.1:${await freePort()}`)).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('could not be reached: nothing listens at this address'),
      fix: expect.stringContaining('Socket Mode'),
    });
  });

  test('fails when the server does not accept its host name', async () => {
    const url = (await endpoint()).replace('127.0.0.1', 'localhost');
    expect(await event(url)).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('does not accept the host name'),
      fix: expect.stringContaining('VSECURE_ALLOWED_HOSTS'),
    });
  });

  test('fails when its host name is unknown', async () => {
    expect(await event('https://vsecure.invalid')).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/could not be reached: the host name/),
    });
  });

  test('fails without TLS', async () => {
    const url = await endpoint();
    expect(await event(url, true)).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('is not https'),
    });
    expect(await event(url.replace('http:', 'https:'), true)).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('does not speak TLS'),
    });
  });

  test.each([
    [404, 'nothing handles Slack requests there'],
    [301, 'it redirects'],
    [502, 'the proxy cannot reach the server'],
    [200, 'not an answer of vsecure'],
  ])('fails when it answers %i', async (status, message) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { location: 'https://example.invalid' }).end('hello');
    });
    closing.push(() => shut(server));
    const at = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    expect(await event(at)).toMatchObject({
      result: 'failed',
      message: expect.stringContaining(message),
    });
  });

  test('is skipped when PUBLIC_URL is not set', async () => {
    expect(await event(undefined)).toMatchObject({
      result: 'skipped',
      fix: expect.stringContaining('PUBLIC_URL'),
    });
  });
});

describe('Socket Mode', () => {
  const socket = async () => {
    const all = await check({ appToken: APP_TOKEN, address: addressOf(await endpoint()) });
    expect(find(all, 'event address')).toBeUndefined();
    return find(all, 'app token');
  };

  test('is ok when Slack accepts the app token', async () => {
    const json = { ok: true, url: TICKET };
    proxy.inject({ method: 'apps.connections.open', fault: 'json', json });
    expect(await socket()).toMatchObject({ result: 'ok' });
  });

  test('fails with advice how to create another token when Slack refuses it', async () => {
    fail('apps.connections.open', 'invalid_auth');
    expect(await socket()).toMatchObject({
      result: 'failed',
      message: 'Slack refused: invalid_auth',
      fix: expect.stringContaining('connections:write'),
    });
  });
});

describe('the clock', () => {
  test.each([
    [5, 'ok', /^within \d+ s/],
    [100, 'warning', /is 1(00|01|02|03) s ahead of Slack/],
    [-100, 'warning', /is \d+ s behind Slack/],
    [290, 'failed', /ahead of Slack; signed requests are refused from 300 s/],
    [-290, 'failed', /behind Slack; signed requests are refused from 300 s/],
  ])('%i s ahead: %s', async (ahead, result, message) => {
    slackSays(proxy, { ahead });
    expect(find(await check(), 'clock')).toMatchObject({
      result,
      message: expect.stringMatching(message),
    });
  });
});

test('a slow connection to Slack is a warning, not a failure', async () => {
  proxy.clearFaults();
  proxy.inject({ method: 'auth.test', fault: 'delay', ms: 1100, times: 2 });
  expect(find(await check(), 'speed')).toMatchObject({
    result: 'warning',
    message: expect.stringContaining('% of the 3 s'),
  });
});

describe('people by e-mail', () => {
  const people = async (email?: string) => find(await check({ email }), 'people by e-mail');

  test('is ok, whether or not the address has an account', async () => {
    expect((await people('alice@example.com'))?.message).toContain('has a Slack account');
    expect(await people('admin@localhost')).toMatchObject({
      result: 'ok',
      message: expect.stringContaining('no Slack account'),
    });
  });

  test('fails without the scope', async () => {
    fail('users.lookupByEmail', 'missing_scope');
    expect(await people('alice@example.com')).toMatchObject({
      result: 'failed',
      fix: expect.stringContaining('manifest.yml'),
    });
  });

  test('is not asked about when it is switched off', async () => {
    expect(await people()).toMatchObject({ result: 'skipped' });
    expect(proxy.callsOf('users.lookupByEmail')).toEqual([]);
  });
});
