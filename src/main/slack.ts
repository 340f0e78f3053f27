/** Introduces Slack to the house: its handlers to the use cases, its posters to the outbox. */

import type { Express } from 'express';
import type { Config } from '../config.js';
import { errorName } from '../domain/error-name.js';
import {
  combineWorkers,
  createOutboxWorker,
  type Deliver,
  type OutboxWorker,
} from '../notify/outbox-worker.js';
import type { Directory, Log } from '../ports/index.js';
import { createSlack, type SlackConnection } from '../slack/connection.js';
import type { Posters } from '../slack/delivery/posters.js';
import { createIdentifySlackActor } from '../usecases/people/identify-slack-user.js';
import type { Services } from './services.js';
import { traceDelivery } from './tracing.js';
import { approvalIn } from './with-logging.js';
import { withRequestContext } from './with-request-context.js';

export interface ConnectedSlack {
  readonly worker: Pick<OutboxWorker, 'poke'>;
  readonly directory: Directory;
  mount(app: Express): void;
  start(): Promise<void>;
  state: SlackConnection['state'];
  stop(graceMs: number): Promise<void>;
}

/** How often the outbox is looked at when nothing says that something is due (ms). */
const LOOK_EVERY = 2_000;
/**
 * How many of each kind are told at once. Cards: so few that the last of them, posted one in a second, is out before its lease
 * is. The others: few, since cards wait for their turn in the same channels, and a set of a thousand policies must not hold them up.
 */
const AT_ONCE: Readonly<Record<keyof Posters, number>> = {
  slack_card: 8,
  slack_digest: 4,
  slack_policy_change: 2,
  slack_auto: 2,
  slack_direct: 4,
  slack_thread: 2,
  slack_home: 4,
};

/** Places that are kept for cards which somebody has just decided. */
const LOOKED_AT = 2;

/** Undefined when no Slack is configured. From the moment the workspace is known messages are delivered and approvers' accounts linked. */
export function connectSlack(
  config: Config,
  services: Services,
  log: Log,
): ConnectedSlack | undefined {
  const { slack: settings } = config;
  if (!settings) return undefined;
  const { useCases, store, cards, digests, slackOutbox } = services;
  const slack = createSlack({
    settings: {
      botToken: settings.botToken.reveal(),
      signingSecret: settings.signingSecret?.reveal(),
      appToken: settings.appToken?.reveal(),
      channel: settings.channel,
      apiUrl: settings.apiUrl,
      // Anything but Slack itself shows Slack's date tokens as they are written.
      dates: settings.apiUrl ? 'plain' : 'local',
      autoApproved: settings.autoApproved,
    },
    parts: {
      ...useCases,
      identifyWith: (directory) =>
        createIdentifySlackActor({ store, directory, linkByEmail: settings.linkByEmail }),
      readPolicyChange: store.policies.change,
      cards,
      digests,
      slackOutbox,
      autoApprovals: services.autoApprovals,
      logger: log,
      onConnected() {
        worker.start();
        void linkApprovers(useCases, log);
      },
    },
  });
  const worker = createSlackWorkers(slack, services, log);
  return {
    worker,
    directory: slack.directory,
    mount: slack.mount,
    start: slack.start,
    state: slack.state,
    async stop(graceMs) {
      await worker.stop();
      await slack.stop(graceMs);
    },
  };
}

/** One for each thing that Slack is told, and one for cards that a person looks at, as if they were one. */
function createSlackWorkers(
  { posters }: SlackConnection,
  { slackOutbox, store, tracing }: Pick<Services, 'slackOutbox' | 'store' | 'tracing'>,
  logger: Log,
): OutboxWorker {
  const traced =
    (destination: keyof Posters): Deliver =>
    (leased, signal) =>
      traceDelivery(tracing, destination, approvalIn(leased.subject), () =>
        posters[destination].deliver(leased, signal),
      );
  const deliverTo = (destination: keyof Posters) =>
    withRequestContext(store, destination, traced(destination), logger);
  const shared = { outbox: slackOutbox, logger, intervalMs: LOOK_EVERY };
  const relayTo = (destination: keyof Posters) =>
    createOutboxWorker({
      ...shared,
      destination,
      deliver: deliverTo(destination),
      limit: AT_ONCE[destination],
    });
  const looked = createOutboxWorker({
    ...shared,
    destination: 'slack_card',
    deliver: deliverTo('slack_card'),
    limit: LOOKED_AT,
    urgentOnly: true,
  });
  return combineWorkers([looked, ...destinationsOf(posters).map(relayTo)]);
}

const destinationsOf = (posters: Posters) => Object.keys(posters) as (keyof Posters)[];

/** Policies written before Slack was connected name people whose accounts nobody has looked up yet. */
async function linkApprovers({ refreshApprovers }: Services['useCases'], log: Log): Promise<void> {
  try {
    await refreshApprovers();
  } catch (error) {
    log.error({ error: errorName(error) }, "approvers' Slack accounts could not be linked");
  }
}
