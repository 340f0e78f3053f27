/** Socket Mode: the same handlers without a public address, kept connected through whatever Slack does. */
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { createOutboxWorker } from '../../src/notify/outbox-worker.js';
import { createSlack } from '../../src/slack/connection.js';
import { createIdentifySlackActor } from '../../src/usecases/people/identify-slack-user.js';
import { buildServices } from '../support/services.js';
import { startFaultProxy } from '../support/slack/fault-proxy.js';
import { localSlackAvailable, startLocalSlack } from '../support/slack/local-slack.js';
import { typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';

const CHANNEL = 'C01APPROVALS';
const ALICE = 'U01ALICE';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened() {
  const local = await startLocalSlack({
    mode: 'socket',
    users: [{ id: ALICE, name: 'alice', email: 'alice@example.com' }],
    channels: [{ id: CHANNEL, name: 'approvals', private: true }],
  });
  closing.push(local.stop);
  const proxy = await startFaultProxy({ upstream: local.url });
  closing.push(proxy.close);
  const log: string[] = [];
  const say = (fields: object, message: string) =>
    void log.push(`${JSON.stringify(fields)} ${message}`);
  const services = await buildServices({ onDelivery: () => relay.poke() });
  closing.push(services.close);
  const slack = createSlack({
    settings: {
      botToken: local.app.botToken,
      appToken: local.app.appToken,
      channel: CHANNEL,
      apiUrl: proxy.apiUrl,
    },
    parts: {
      ...services.useCases,
      cards: services.cards,
      digests: services.digests,
      slackOutbox: services.slackOutbox,
      autoApprovals: services.autoApprovals,
      readPolicyChange: services.store.policies.change,
      identifyWith: (directory) =>
        createIdentifySlackActor({ store: services.store, directory, linkByEmail: true }),
      logger: { info: say, warn: say, error: say },
      onConnected: () => relay.start(),
    },
  });
  const relay = createOutboxWorker({
    outbox: services.slackOutbox,
    destination: 'slack_card',
    deliver: slack.posters.slack_card.deliver,
    logger: { warn: say },
    intervalMs: 500,
    limit: 4,
  });
  closing.push(async () => {
    await relay.stop();
    await slack.stop(1000);
  });
  await services.policy();
  const agent = await services.agent();
  return { local, proxy, services, slack, agent, log };
}

const healthy = (slack: { state(): string }) => until('Slack', () => slack.state() === 'ok');

describe.runIf(localSlackAvailable())('over a socket', () => {
  test('an approver denies with a reason, and the card is updated', async () => {
    const { local, services, slack, agent } = await opened();
    await slack.start();
    await healthy(slack);
    const { id } = await services.ask(agent.caller);
    await until('a card', async () => (await local.messages(CHANNEL)).length);
    await local.click(ALICE, CHANNEL, 'deny');
    await until('a form', () => local.views()[0]);
    local.submitView(ALICE, { reason: { text: typed('Not today') } });
    await until(
      'the decision',
      async () => (await services.store.approvals.find(id))?.status === 'denied',
    );
    await until('the redrawn card', async () =>
      JSON.stringify(await local.messages(CHANNEL)).includes('Not today'),
    );
  });

  test('a refreshed or broken connection is opened again at once', async () => {
    const { proxy, slack } = await opened();
    await slack.start();
    await healthy(slack);
    for (const cut of [() => proxy.disconnect(), () => proxy.killSockets()]) {
      const before = proxy.callsOf('apps.connections.open').length;
      const started = performance.now();
      cut();
      await until('a new connection', () => proxy.callsOf('apps.connections.open').length > before);
      await healthy(slack);
      expect(performance.now() - started).toBeLessThan(4000);
    }
  });

  test('a click during a refresh breaks nothing, and a second click opens the form', async () => {
    const { local, proxy, services, slack, agent } = await opened();
    await slack.start();
    await healthy(slack);
    await services.ask(agent.caller);
    await until('a card', async () => (await local.messages(CHANNEL)).length);
    const pressing = local.click(ALICE, CHANNEL, 'deny');
    proxy.disconnect();
    await pressing;
    await until('another connection', () => proxy.sockets() === 1 && slack.state() === 'ok');
    await local.click(ALICE, CHANNEL, 'deny');
    await until('a form', () => local.views()[0]);
  });

  test('a refused connection is tried again, and the log says so', async () => {
    const { proxy, slack, log } = await opened();
    proxy.inject({ method: 'apps.connections.open', times: 2, fault: 'status', status: 503 });
    await slack.start();
    expect(slack.state()).toBe('degraded');
    await healthy(slack);
    expect(log.join()).toContain('http_503');
  });

  test('a revoked app token degrades Slack and does not stop the process', async () => {
    const { proxy, slack, log } = await opened();
    await slack.start();
    await healthy(slack);
    proxy.inject({
      method: 'apps.connections.open',
      times: Number.POSITIVE_INFINITY,
      fault: 'error',
      error: 'invalid_auth',
    });
    proxy.killSockets();
    await until('a word about it', () => log.join().includes('invalid_auth'));
    expect(slack.state()).toBe('degraded');
  });

  test('in Socket Mode mounting adds no route', async () => {
    const { slack } = await opened();
    const app = express();
    slack.mount(app);
    expect(app.router.stack).toHaveLength(0);
  });
});
