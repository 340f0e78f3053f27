/** Introduces Slack to the house: its handlers to the use cases, its posters to the outbox. */

import type { Express } from 'express';
import type { Config } from '../config.js';
import type { Deliveries, Directory, Log } from '../domain/ports.js';
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
/** Cards drawn at once: so few that the last of them, posted one in a second, is out before its lease is. */
const AT_ONCE = 8;
/** Few, since cards wait for their turn in the same channels: a set of a thousand policies must not hold them up. */
const ANNOUNCED_AT_ONCE = 2;

/** Undefined when no Slack is configured. From the moment the workspace is known messages are delivered and approvers' accounts linked. */
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
      // Anything but Slack itself shows Slack's date tokens as they are written.
      dates: settings.apiUrl ? 'plain' : 'local',
    },
    parts: {
      decide: useCases.decide,
      identifyWith: (directory) =>
        createIdentifyPresser({ store, directory, linkByEmail: settings.linkByEmail }),
      readCardFacts: useCases.readCardFacts,
      readPolicyChange: store.policies.change,
      recordForeign: useCases.recordForeign,
      recordRefusedPress: useCases.recordRefusedPress,
      cards,
      logger: log,
      onConnected() {
        relay.start();
        void linkApprovers(useCases, log);
      },
    },
  });
  const relay = createRelays(slack, deliveries, log);
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

/** One for each thing that Slack is told, as if they were one. */
function createRelays(slack: SlackConnection, deliveries: Deliveries, logger: Log): Relay {
  const shared = { deliveries, logger, intervalMs: LOOK_EVERY };
  const cards = createRelay({
    ...shared,
    destination: 'slack_card',
    deliver: slack.poster.deliver,
    limit: AT_ONCE,
  });
  const changes = createRelay({
    ...shared,
    destination: 'slack_policy_change',
    deliver: slack.policyPoster.deliver,
    limit: ANNOUNCED_AT_ONCE,
  });
  const both = [cards, changes];
  return {
    start() {
      for (const relay of both) relay.start();
    },
    poke() {
      for (const relay of both) relay.poke();
    },
    async stop() {
      await Promise.all(both.map((relay) => relay.stop()));
    },
  };
}

/** Policies written before Slack was connected name people whose accounts nobody has looked up yet. */
async function linkApprovers({ refreshApprovers }: House['useCases'], log: Log): Promise<void> {
  try {
    await refreshApprovers();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    log.error({ error: name }, "approvers' Slack accounts could not be linked");
  }
}
