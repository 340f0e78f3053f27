/**
 * What everything that is told in a channel has in common: it waits for the channel's turn, it is posted quietly, and what only a
 * person can mend is said once.
 *
 * Known risk: when the connection breaks after Slack took a post, nobody can say whether the message exists, and the next attempt
 * may make a second one.
 */

import type { KnownBlock, MessageMetadata } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Leased, Log } from '../../ports/index.js';
import type { Channels } from '../client/channels.js';
import { UnusableChannelError } from '../client/web-failure.js';
import type { Workspace } from '../client/workspace.js';
import { createDeliveryErrors, type DeliveryErrors } from './delivery-errors.js';
import { type Delivered, SENT } from './delivery-result.js';
import type { OpenDirect } from './direct-channels.js';
import type { Lanes } from './keyed-queue.js';
import { type Pace, SLACKS_PACE } from './pacing.js';
import type { Unusable } from './unusable-channels.js';

export { SENT } from './delivery-result.js';

export interface Poster {
  /** The signal ends waiting for a channel's turn; a call to Slack that has begun is finished. Throws when the database does. */
  deliver(leased: Leased, signal: AbortSignal): Promise<Delivered>;
  /** False after a failure that a person must mend, until something gets through. */
  healthy(): boolean;
}

export interface PostingParts {
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly posts: Lanes;
  readonly channels: Channels;
  readonly unusable: Unusable;
  readonly openDirect: OpenDirect;
  readonly defaultChannel?: string | undefined;
  readonly pace: Pace;
  readonly log: Log;
}

/** One delivery under way. */
export interface Job {
  readonly teamId: string;
  readonly leased: Leased;
  readonly signal: AbortSignal;
  readonly deliveryErrors: DeliveryErrors;
}

/** What became of it; `no_channel` when nobody has said where to post. */
export type Told = Delivered | 'no_channel';

/** No names turned into mentions. */
export const LITERAL = { parse: 'none', link_names: false } as const;

/** Asks `tell` to post or redraw one thing, and makes a delivery's outcome of what Slack says. */
export function createDelivering(
  {
    workspace,
    log,
    pace = SLACKS_PACE,
  }: Pick<PostingParts, 'workspace' | 'log'> & Partial<Pick<PostingParts, 'pace'>>,
  tell: (job: Job) => Promise<Told>,
): Poster {
  const deliveryErrors = createDeliveryErrors(log, pace.mendedAfter);
  return {
    healthy: deliveryErrors.none,
    async deliver(leased, signal) {
      const home = workspace();
      if (!home) return { outcome: 'unavailable', error: 'not_connected' };
      const { subject } = leased;
      return deliveryErrors.attempt({ subject }, async () => {
        const told = await tell({ teamId: home.teamId, leased, signal, deliveryErrors });
        return told === 'no_channel' ? deliveryErrors.raise({ subject }, told) : told;
      });
    },
  };
}

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** Everybody in the channel can read it: ids only. */
  readonly metadata?: MessageMetadata;
}

/** Where Slack put a message. */
export interface Place {
  readonly channel: string;
  readonly messageId: string;
}

export interface Posting {
  /** With neither this nor `user`: the default channel. */
  readonly channel?: string | undefined;
  /** The account of a person (`U…`, `W…`), who gets it as a direct message. */
  readonly user?: string | undefined;
  /** Answers in the thread of this message. */
  readonly threadTs?: string | undefined;
  /** Called when the channel's turn has come; undefined when there is nothing to say any more. */
  readonly compose: () => Promise<Message | undefined>;
  /** Awaited before the delivery counts as sent. */
  readonly remember?: (place: Place) => Promise<void>;
}

/** Posts when it is the channel's turn. Throws what Slack's client throws. */
export async function post(
  parts: PostingParts,
  signal: AbortSignal,
  { compose, remember, threadTs, ...posting }: Posting,
): Promise<Told> {
  const channel = await destinationOf(parts, posting);
  if (!channel) return 'no_channel';
  return parts.posts(channel, signal, async (spend) => {
    const message = await compose();
    if (!message) return SENT;
    const place = await send(parts, channel, message, { spend, threadTs });
    await remember?.(place);
    return SENT;
  });
}

async function destinationOf(
  { openDirect, defaultChannel }: PostingParts,
  { channel, user }: Pick<Posting, 'channel' | 'user'>,
): Promise<string | undefined> {
  return user === undefined ? (channel ?? defaultChannel) : openDirect(user);
}

export interface Sending {
  /** Called when something is really said. */
  readonly spend: () => void;
  readonly threadTs?: string | undefined;
}

/** Posts at once, without previews of anything; never where another company reads along. Throws what Slack's client throws. */
export async function send(
  { client, channels, unusable }: Pick<PostingParts, 'client' | 'channels' | 'unusable'>,
  channel: string,
  message: Message,
  { spend, threadTs }: Sending,
): Promise<Place> {
  unusable.check(channel);
  if (await channels.shared(channel)) throw new UnusableChannelError('shared_channel');
  spend();
  const quiet = { ...LITERAL, unfurl_links: false, unfurl_media: false };
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  const posted = await unusable.watch(channel, () =>
    client.chat.postMessage({ ...quiet, ...thread, channel, ...message }),
  );
  return { channel: posted.channel ?? channel, messageId: posted.ts ?? '' };
}
