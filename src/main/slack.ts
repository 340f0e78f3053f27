/** Introduces Slack to the house: its handlers to the use cases, its poster to the outbox. */

import type { Express } from 'express';
import type { Config } from '../config.js';
import type { Directory, Log } from '../domain/ports.js';
import { createRelay, type Relay } from '../notify/relay.js';
import { createSlack, type SlackConnection } from '../slack/connection.js';
import { createIdentifyPresser } from '../usecases/identify-presser.js';
import type { House } from './house.js';

export interface ConnectedSlack {
  readonly relay: Pick<Relay, 'poke'>;
  readonly directory: Directory;
  mount(app: Express): void;
  start(): Promise<void>;
  state: SlackConnection['state'];
  stop(graceMs: number): Promise<void>;
}

/** How often the outbox is looked at when nothing says that something is due (ms). */
const LOOK_EVERY = 2_000;
/** Cards drawn in one go. */
const AT_ONCE = 20;

/** Undefined when no Slack is configured. Cards are delivered from the moment the workspace is known. */
export function connectSlack(config: Config, house: House, log: Log): ConnectedSlack | undefined {
  const { slack: settings } = config;
  if (!settings) return undefined;
  const { useCases, store, cards, deliveries } = house;
  const slack = createSlack({
    settings: {
      botToken: settings.botToken.reveal(),
      signingSecret: settings.signingSecret?.reveal(),
      appToken: settings.appToken?.reveal(),
      channel: settings.channel,
      apiUrl: settings.apiUrl,
    },
    parts: {
      decide: useCases.decide,
      identifyWith: (directory) =>
        createIdentifyPresser({ store, directory, linkByEmail: settings.linkByEmail }),
      readCardFacts: useCases.readCardFacts,
      recordForeign: useCases.recordForeign,
      cards,
      logger: log,
      onConnected: () => relay.start(),
    },
  });
  const relay = createRelay({
    deliveries,
    destination: 'slack_card',
    deliver: slack.poster.deliver,
    logger: log,
    intervalMs: LOOK_EVERY,
    limit: AT_ONCE,
  });
  return {
    relay,
    directory: slack.directory,
    mount: slack.mount,
    start: slack.start,
    state: slack.state,
    async stop(graceMs) {
      await relay.stop();
      await slack.stop(graceMs);
    },
  };
}
