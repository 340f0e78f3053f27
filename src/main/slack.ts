/** Connects Slack: its handlers call the use cases, its posters send the rows of the Slack outbox. */

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
import { approvalIdIn } from './approval-log-fields.js';
import type { Services } from './services.js';
import { traceDelivery } from './tracing.js';
import { withRequestContext } from './with-request-context.js';

export interface ConnectedSlack {
  readonly worker: Pick<OutboxWorker, 'poke'>;
  readonly directory: Directory;
  mount(app: Express): void;
  start(): Promise<void>;
  state: SlackConnection['state'];
  readonly signatures: SlackConnection['signatures'];
  stop(graceMs: number): Promise<void>;
}

/** How often the outbox is polled, in case a wake-up is missed (ms). */
const POLL_EVERY = 2_000;
/**
 * How many rows of each destination are sent concurrently. Cards: few enough that the last one, at one post a second, is sent before
 * its lease expires. The others: few, because they share the channels' rate limit with cards, and a change of a thousand policies must
 * not delay cards.
 */
const CONCURRENCY: Readonly<Record<keyof Posters, number>> = {
  slack_card: 8,
  slack_digest: 4,
  slack_policy_change: 2,
  slack_auto: 2,
  slack_direct: 4,
  slack_thread: 2,
  slack_home: 4,
};

/** Extra slots for cards that a person has just clicked on. */
const URGENT_CONCURRENCY = 2;

/** Undefined when Slack is not configured. Once the workspace is known, delivery starts and the approvers' accounts are linked. */
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
      // Only Slack itself renders Slack's date tokens.
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
    signatures: slack.signatures,
    async stop(graceMs) {
      await worker.stop();
      await slack.stop(graceMs);
    },
  };
}

/** One worker for each destination and one for urgent cards, combined into one. */
function createSlackWorkers(
  { posters }: SlackConnection,
  { slackOutbox, store, tracing }: Pick<Services, 'slackOutbox' | 'store' | 'tracing'>,
  logger: Log,
): OutboxWorker {
  const traced =
    (destination: keyof Posters): Deliver =>
    (leased, signal) =>
      traceDelivery(tracing, destination, approvalIdIn(leased.subject), () =>
        posters[destination].deliver(leased, signal),
      );
  const deliverTo = (destination: keyof Posters) =>
    withRequestContext(store, destination, traced(destination), logger);
  const shared = { outbox: slackOutbox, logger, intervalMs: POLL_EVERY };
  const workerFor = (destination: keyof Posters) =>
    createOutboxWorker({
      ...shared,
      destination,
      deliver: deliverTo(destination),
      limit: CONCURRENCY[destination],
    });
  const urgentCards = createOutboxWorker({
    ...shared,
    destination: 'slack_card',
    deliver: deliverTo('slack_card'),
    limit: URGENT_CONCURRENCY,
    urgentOnly: true,
  });
  return combineWorkers([urgentCards, ...destinationsOf(posters).map(workerFor)]);
}

const destinationsOf = (posters: Posters) => Object.keys(posters) as (keyof Posters)[];

/** Policies that were written before Slack was connected name people whose Slack accounts are not linked yet. */
async function linkApprovers({ refreshApprovers }: Services['useCases'], log: Log): Promise<void> {
  try {
    await refreshApprovers();
  } catch (error) {
    log.error({ error: errorName(error) }, "approvers' Slack accounts could not be linked");
  }
}
