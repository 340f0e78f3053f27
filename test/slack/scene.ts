/** vsecure with Slack: a strict third-party Web API behind a fault proxy, signed interactions, and the services over Postgres. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Approval } from '../../src/domain/approval.js';
import { createOutboxWorker, type OutboxWorker } from '../../src/notify/outbox-worker.js';
import type { Directory } from '../../src/ports/index.js';
import { createSlack, type SlackParts } from '../../src/slack/connection.js';
import { type Pace, SLACK_PACE } from '../../src/slack/delivery/pacing.js';
import type { Posters } from '../../src/slack/delivery/posters.js';
import { EVENTS_PATH } from '../../src/slack/inbound/transport.js';
import { createIdentifySlackActor } from '../../src/usecases/people/identify-slack-user.js';
import { buildServices, type Services } from '../support/services.js';
import { lintCalls } from '../support/slack/blocks-lint.js';
import { findAction } from '../support/slack/card.js';
import { startEmulate } from '../support/slack/emulate.js';
import { type FaultProxy, startFaultProxy } from '../support/slack/fault-proxy.js';
import { asArray, asObject, asString, type JsonObject } from '../support/slack/json.js';
import { startResponseSink } from '../support/slack/response-sink.js';
import { createSlackDriver } from '../support/slack/signed-driver.js';
import type { SocketSlack } from '../support/slack/socket-driver.js';
import { until } from '../support/until.js';

export type Scene = Awaited<ReturnType<typeof openScene>>;

export interface SceneOptions {
  /** Replaces a part with a broken one. */
  readonly change?: (parts: SlackParts, services: Services) => SlackParts;
  readonly linkByEmail?: boolean;
  readonly channel?: 'none';
  /** Default: `lines`. */
  readonly autoApproved?: 'off';
  /** Deliver the announcements of policies, too. Default: cards only. */
  readonly announcing?: boolean;
  /** Further destinations to deliver. */
  readonly delivering?: readonly (keyof Posters)[];
  /** Socket Mode instead of signed HTTP. */
  readonly socket?: SocketSlack;
  /** Deliver nothing until `deliver` is called. */
  readonly holding?: boolean;
  readonly pace?: Partial<Pace>;
  /** The bot's scopes. Default: those of the manifest that are not optional. */
  readonly scopes?: readonly string[];
  /** Milliseconds without calls after Slack did not answer. */
  readonly pauseMs?: (earlier: number) => number;
}

/** No waiting, and no digest. */
const UNPACED: Pace = {
  ...SLACK_PACE,
  postGap: 0,
  updateGap: 0,
  digestGap: 0,
  updateBurst: 10_000,
  digestAbove: 10_000,
};

const USERS = ['alice', 'bob', 'carol', 'dora', 'mallory'];

export async function openScene(options: SceneOptions = {}) {
  const emulate = await startEmulate({
    users: USERS,
    channel: 'approvals',
    ...(options.scopes && { scopes: options.scopes }),
  });
  const proxy = await startFaultProxy({ upstream: emulate.url });
  const sink = await startResponseSink();
  if (options.socket) proxy.inject(options.socket.open);
  let relays: readonly OutboxWorker[] = [];
  let directory: Directory | undefined;
  const { linkByEmail = true } = options;
  const services = await buildServices({
    onDelivery: () => {
      for (const one of relays) one.poke();
    },
    change: (parts) => ({ ...parts, linkByEmail, directory: () => directory }),
  });
  const deliver = () => {
    for (const one of relays) one.start();
  };
  const log: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    void log.push({ level, fields, message });
  const logger = { info: say('info'), warn: say('warn'), error: say('error') };
  const parts: SlackParts = {
    ...services.useCases,
    cards: services.cards,
    digests: services.digests,
    slackOutbox: services.slackOutbox,
    autoApprovals: services.autoApprovals,
    readPolicyChange: services.store.policies.change,
    identifyWith: (directory) =>
      createIdentifySlackActor({ store: services.store, directory, linkByEmail }),
    logger,
    pace: { ...UNPACED, ...options.pace },
    onConnected: () => {
      if (!options.holding) deliver();
    },
  };
  const slack = createSlack({
    settings: {
      botToken: emulate.botToken,
      signingSecret: emulate.signingSecret,
      apiUrl: proxy.apiUrl,
      autoApproved: options.autoApproved,
      ...(options.channel === 'none' ? {} : { channel: emulate.channelId }),
      ...(options.socket && { appToken: 'xapp-1-scene' }),
    },
    parts: options.change?.(parts, services) ?? parts,
  });
  directory = slack.directory;
  const { pauseMs } = options;
  const shared = { outbox: services.slackOutbox, logger, intervalMs: 200, limit: 4, pauseMs };
  const relayTo = (destination: keyof Posters) =>
    createOutboxWorker({ ...shared, destination, deliver: slack.posters[destination].deliver });
  const relay = relayTo('slack_card');
  const announcing = options.announcing ? (['slack_policy_change'] as const) : [];
  relays = [relay, ...announcing.map(relayTo), ...(options.delivering ?? []).map(relayTo)];

  const app = express();
  slack.mount(app);
  app.use(express.json());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const driving = { ...emulate, trigger: emulate.trigger, responseUrl: sink.url };
  const driver = options.socket
    ? options.socket.drive(driving)
    : createSlackDriver({ ...driving, eventsUrl: `${url}${EVENTS_PATH}` });

  /** The card of this approval, once its place is stored and `wanted` accepts it. */
  const card = (id: Approval['id'], wanted: (text: string) => boolean = () => true) =>
    until(`a card of ${id} as wanted`, async () => {
      const place = await services.cards.find(id);
      const message = place && (await emulate.message(place.messageId));
      return message && wanted(JSON.stringify(message)) ? message : undefined;
    });

  const heard = new Set<JsonObject>();

  /** Waits for a private answer with this text; each answer is taken once. */
  const expectReply = async (text: string) => {
    const said = await until(`the words "${text}"`, () =>
      sink.bodies.find((body) => asString(body['text']).includes(text) && !heard.has(body)),
    );
    heard.add(said);
  };

  const click = async (user: string, id: Approval['id'], actionId: string) => {
    const message = await card(id);
    const button = findAction(message, actionId) ?? {};
    return driver.click({
      user: emulate.users[user] ?? user,
      channel: emulate.channelId,
      messageId: asString(message['ts']),
      actionId,
      value: asString(button['value']),
    });
  };

  return {
    emulate,
    proxy,
    sink,
    services,
    slack,
    relay,
    deliver,
    log,
    driver,
    url,
    card,
    click,

    /** Clicks a button and resolves with the form that opened. */
    async openForm(user: string, id: Approval['id'], actionId: 'approve' | 'deny' | 'details') {
      const before = views(proxy).length;
      await click(user, id, actionId);
      return until('a form', () => views(proxy)[before]);
    },

    /** Submits a form from `openForm`. */
    submit: (
      user: string,
      form: JsonObject,
      values: Parameters<typeof driver.submitView>[0]['values'],
      forgery: object = {},
    ) =>
      driver.submitView({
        user: emulate.users[user] ?? user,
        callbackId: asString(form['callback_id']),
        privateMetadata: asString(form['private_metadata']),
        values,
        ...forgery,
      }),

    expectReply,

    /** Clicks a button, and waits for the private refusal with this text. Throws when a form opens. */
    async refusedClick(user: string, id: Approval['id'], actionId: string, text: string) {
      const before = views(proxy).length;
      await click(user, id, actionId);
      await expectReply(text);
      if (views(proxy).length > before) throw new Error('a form opened');
    },

    audit: async () => (await services.store.audit.list({}, { limit: 200 })).items,

    /** Lint problems of all calls to Slack. */
    lint: () => lintCalls(proxy.calls),

    async close() {
      await Promise.all(relays.map((one) => one.stop()));
      await slack.stop(1000);
      server.closeAllConnections();
      server.close();
      await Promise.all([sink.close(), proxy.close()]);
      await emulate.close();
      await services.close();
    },
  };
}

const views = (proxy: FaultProxy) =>
  proxy.callsOf('views.open').map(({ body }) => asObject(body['view']));

/** The words of a modal or of a form's answer. */
export function wordsOf(answer: unknown): string {
  return JSON.stringify(asArray(asObject(asObject(answer)['view'] ?? answer)['blocks']));
}
