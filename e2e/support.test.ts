/** The test support for Slack: emulators, faults, forgeries, limits and a browser work as described. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { browserAvailable, openBrowser } from '../test/support/browser.js';
import { startEmulate } from '../test/support/slack/emulate.js';
import { startFaultProxy } from '../test/support/slack/fault-proxy.js';
import { localSlackAvailable, startLocalSlack } from '../test/support/slack/local-slack.js';
import { freePort } from '../test/support/slack/loopback.js';
import { startResponseSink } from '../test/support/slack/response-sink.js';
import { createSlackDriver } from '../test/support/slack/signed-driver.js';
import { userBecomes } from '../test/support/slack/user-changes.js';
import { typed } from '../test/support/slack/view-values.js';
import { CARD, MODAL, startClickBot } from './click-bot.js';

/** Starts a look-alike and prints its address. */
const PARENT = fileURLToPath(new URL('look-alike-parent.ts', import.meta.url));

const open: (() => Promise<unknown>)[] = [];
const closing = <T>(part: T, close: (part: T) => Promise<unknown>): T => {
  open.push(() => close(part));
  return part;
};
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Slack's Web API behind a fault proxy, and a client without retries. */
async function workspace() {
  const slack = closing(
    await startEmulate({ users: ['alice', 'bob'], channel: 'approvals' }),
    ({ close }) => close(),
  );
  const proxy = closing(await startFaultProxy({ upstream: slack.url }), ({ close }) => close());
  const client = new WebClient(slack.botToken, {
    slackApiUrl: proxy.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
  const say = (text: string) => client.chat.postMessage({ channel: slack.channelId, text });
  return { slack, proxy, client, say };
}

describe('emulate', () => {
  test('keeps a message with its blocks, metadata and thread, and shows it to the test', async () => {
    const { slack, client } = await workspace();
    const metadata = { event_type: 'card', event_payload: { id: 'appr_1' } };
    const { ts = '' } = await client.chat.postMessage({
      channel: slack.channelId,
      text: 'card',
      blocks: CARD,
      metadata,
    });
    await client.chat.postMessage({ channel: slack.channelId, text: 'reminder', thread_ts: ts });
    expect(await slack.message(ts)).toMatchObject({ text: 'card', blocks: CARD, metadata });
    expect(await slack.messages()).toHaveLength(1);
    expect(await slack.replies(ts)).toMatchObject([{ text: 'reminder' }]);
  });

  test('refuses what the manifest has no scope for, and a channel the bot is not in', async () => {
    const { slack, client } = await workspace();
    const outside = closing(
      await startEmulate({ users: ['carol'], channel: 'approvals', botInChannel: false }),
      ({ close }) => close(),
    );
    await expect(client.conversations.history({ channel: slack.channelId })).rejects.toMatchObject({
      data: { error: 'missing_scope' },
    });
    const stranger = new WebClient(outside.botToken, { slackApiUrl: outside.apiUrl });
    await expect(
      stranger.chat.postMessage({ channel: outside.channelId, text: 'hello' }),
    ).rejects.toMatchObject({ data: { error: 'not_in_channel' } });
  });

  test('reads direct messages of the bot, and takes a trigger_id once', async () => {
    const { slack, client } = await workspace();
    const { alice } = slack.users;
    await client.chat.postMessage({ channel: alice, text: 'for you' });
    expect(await slack.messages(await slack.directMessages(alice))).toMatchObject([
      { text: 'for you' },
    ]);
    const trigger_id = await slack.trigger(alice);
    await client.views.open({ trigger_id, view: MODAL });
    await expect(client.views.open({ trigger_id, view: MODAL })).rejects.toMatchObject({
      data: { error: 'exchanged_trigger_id' },
    });
  });
});

describe('the fault proxy', () => {
  test('answers 429 once, then lets the call through', async () => {
    const { proxy, say } = await workspace();
    proxy.inject({ method: 'chat.postMessage', fault: 'rate-limited', retryAfterSeconds: 7 });
    await expect(say('one')).rejects.toMatchObject({ retryAfter: 7 });
    await expect(say('two')).resolves.toMatchObject({ ok: true });
    expect(
      proxy.callsOf('chat.postMessage').map(({ status, body }) => [status, body['text']]),
    ).toEqual([
      [429, 'one'],
      [200, 'two'],
    ]);
  });

  test('drops a call before it reaches Slack, or after Slack has executed it', async () => {
    const { slack, proxy, say } = await workspace();
    proxy.inject({ method: 'chat.postMessage', fault: 'drop-before' });
    proxy.inject({ method: 'chat.postMessage', fault: 'drop-after' });
    await expect(say('never')).rejects.toThrow();
    await expect(say('unheard')).rejects.toThrow();
    expect((await slack.messages()).map(({ text }) => text)).toEqual(['unheard']);
  });

  test('refuses, breaks and stalls the chosen calls, and releases them when it closes', async () => {
    const { proxy, say } = await workspace();
    proxy.inject({ method: 'chat.postMessage', fault: 'error', error: 'is_archived' });
    proxy.inject({ method: /^chat\./, fault: 'status', status: 503 });
    proxy.inject({ method: 'chat.postMessage', fault: 'hang' });
    await expect(say('one')).rejects.toMatchObject({ data: { error: 'is_archived' } });
    await expect(say('two')).rejects.toMatchObject({ statusCode: 503 });
    const hanging = say('three');
    await vi.waitFor(() => expect(proxy.calls).toHaveLength(3));
    await Promise.all([expect(hanging).rejects.toThrow(), proxy.close()]);
  });

  test('makes one person deactivated and leaves the others as they are', async () => {
    const { slack, proxy, client } = await workspace();
    const { alice, bob } = slack.users;
    proxy.inject(userBecomes(bob, { deleted: true }));
    const deleted = async (user: string) => (await client.users.info({ user })).user?.deleted;
    expect([await deleted(alice), await deleted(bob), await deleted(bob)]).toEqual([
      false,
      true,
      true,
    ]);
    proxy.clearFaults();
    expect(await deleted(bob)).toBe(false);
  });

  test('records all traffic, for the search for a secret value', async () => {
    const { proxy, say } = await workspace();
    await say('canary-4711');
    expect(proxy.traffic()).toContain('canary-4711');
    expect(proxy.traffic()).not.toContain('canary-0815');
  });
});

describe('the signed driver', () => {
  async function driven() {
    const { slack, proxy } = await workspace();
    const sink = closing(await startResponseSink(), ({ close }) => close());
    const port = await freePort();
    const { botToken: token, signingSecret, teamId, appId } = slack;
    const bot = closing(
      await startClickBot({ token, signingSecret, slackApiUrl: proxy.apiUrl, port }),
      ({ stop }) => stop(),
    );
    const driver = createSlackDriver({
      eventsUrl: `http://127.0.0.1:${port}/slack/events`,
      signingSecret,
      teamId,
      appId,
      trigger: slack.trigger,
      responseUrl: sink.url,
    });
    const messageId = await bot.post(slack.channelId);
    const { alice: user } = slack.users;
    const click = { user, actionId: 'approve', channel: slack.channelId, messageId };
    return { slack, proxy, sink, driver, click, user };
  }

  test('sends a click, a modal with and without a reason, a command and App Home', async () => {
    const { slack, proxy, sink, driver, click, user } = await driven();
    expect(await driver.click(click)).toMatchObject({ status: 200, body: '' });
    await vi.waitFor(() => expect(proxy.callsOf('views.open')[0]?.status).toBe(200));
    const modal = {
      user,
      callbackId: 'approve',
      privateMetadata: JSON.stringify([slack.channelId, click.messageId]),
    };
    const without = await driver.submitView({
      ...modal,
      values: { reason: { text: typed(null) } },
    });
    expect(without.body).toMatchObject({ response_action: 'errors' });
    await driver.submitView({ ...modal, values: { reason: { text: typed('release') } } });
    await vi.waitFor(async () =>
      expect(await slack.message(click.messageId)).toMatchObject({
        text: `Approved by ${user}: release`,
      }),
    );
    await driver.command({ user, text: 'audit', channel: slack.channelId });
    await vi.waitFor(() => expect(sink.bodies).toMatchObject([{ text: 'heard audit' }]));
    await driver.event({ type: 'app_home_opened', user, tab: 'home' });
    await vi.waitFor(() => expect(proxy.callsOf('views.publish')).toHaveLength(1));
  });

  test('is refused with another secret or an old timestamp, and replays the very same bytes', async () => {
    const { driver, click } = await driven();
    const old = Math.floor(Date.now() / 1000) - 301;
    expect((await driver.click({ ...click, secret: 'wrong' })).status).toBe(401);
    expect((await driver.click({ ...click, timestamp: old })).status).toBe(401);
    const first = await driver.click(click);
    const second = await driver.replay(first);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.request).toEqual(first.request);
  });
});

describe.runIf(localSlackAvailable())('local-slack', () => {
  const people = {
    users: [
      { id: 'U01ALICE', name: 'alice', realName: 'Alice Anderson', email: 'alice@example.com' },
    ],
    channels: [{ id: 'C01APPROVALS', name: 'approvals', private: true }],
  };

  async function started(mode: 'socket' | 'http') {
    const port = await freePort();
    const slack = closing(
      await startLocalSlack({
        ...people,
        mode,
        requestUrl: `http://127.0.0.1:${port}/slack/events`,
      }),
      ({ stop }) => stop(),
    );
    const proxy = closing(await startFaultProxy({ upstream: slack.url }), ({ close }) => close());
    const { botToken: token, appToken, signingSecret } = slack.app;
    const bot = closing(
      await startClickBot({
        token,
        signingSecret,
        port,
        slackApiUrl: proxy.apiUrl,
        ...(mode === 'socket' && { appToken }),
      }),
      ({ stop }) => stop(),
    );
    return { slack, proxy, bot };
  }

  test.each(['socket', 'http'] as const)(
    'carries a click, a refused and an accepted modal, a command and App Home over %s',
    async (mode) => {
      const { slack, bot } = await started(mode);
      await bot.post('C01APPROVALS');
      await slack.click('U01ALICE', 'C01APPROVALS', 'approve');
      await vi.waitFor(() => expect(slack.views()).toMatchObject([{ callback_id: 'approve' }]));
      slack.submitView('U01ALICE', { reason: { text: typed('') } });
      await vi.waitFor(() => expect(slack.viewErrors()).toEqual({ reason: 'Say why.' }));
      slack.submitView('U01ALICE', { reason: { text: typed('release') } });
      await vi.waitFor(async () =>
        expect(await slack.messages('C01APPROVALS')).toMatchObject([
          { text: 'Approved by U01ALICE: release' },
        ]),
      );
      expect(slack.views()).toEqual([]);
      await slack.command('U01ALICE', 'C01APPROVALS', 'audit');
      await vi.waitFor(async () =>
        expect((await slack.messages('C01APPROVALS')).at(-1)).toMatchObject({
          text: 'heard audit',
          ephemeral_to: 'U01ALICE',
        }),
      );
      await slack.openHome('U01ALICE');
      await vi.waitFor(() => expect(slack.home('U01ALICE')).toMatchObject({ type: 'home' }));
    },
  );

  test('runs its Socket Mode through the proxy, which records, announces a disconnect and cuts connections', async () => {
    const { slack, proxy } = await started('http');
    const { appToken } = slack.app;
    const { url } = await new WebClient(appToken, {
      slackApiUrl: proxy.apiUrl,
    }).apps.connections.open({});
    expect(url).toContain(new URL(proxy.url).host);
    const socket = new WebSocket(String(url));
    const [hello] = await once(socket, 'message');
    expect(proxy.frames).toMatchObject([{ from: 'slack', text: String(hello) }]);
    expect(proxy.sockets()).toBe(1);
    proxy.disconnect('warning');
    const [goodbye] = await once(socket, 'message');
    expect(JSON.parse(String(goodbye))).toMatchObject({ type: 'disconnect', reason: 'warning' });
    const cut = once(socket, 'close');
    expect(proxy.killSockets()).toBe(1);
    await cut;
    await vi.waitFor(() => expect(proxy.sockets()).toBe(0));
  });

  test('ends with the process that started it, even by kill -9', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', PARENT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await once(parent.stdout, 'data');
    const alive = () =>
      fetch(String(url).trim()).then(
        () => true,
        () => false,
      );
    expect(await alive()).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(async () => expect(await alive()).toBe(false), 5000);
  });

  test.runIf(browserAvailable())(
    'shows the card to a person, whose click opens the modal',
    async () => {
      const { slack, bot } = await started('socket');
      await bot.post('C01APPROVALS');
      const browser = closing(await openBrowser(), ({ close }) => close());
      const page = await browser.open(slack.url);
      await page.getByRole('button', { name: 'Approve', exact: true }).click();
      await page.locator('.modal').waitFor();
      expect(await page.locator('.modal').textContent()).toContain('Reason');
      // A blank page of this size takes about 5 kB as PNG.
      expect((await page.screenshot()).length).toBeGreaterThan(15_000);
    },
  );
});
