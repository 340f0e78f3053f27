/**
 * What all posters share: a message waits for its channel's turn, is posted without link previews, and an error that a person must fix is
 * logged once.
 *
 * Known risk: when the connection breaks after Slack accepted a post, nothing says whether the message exists, and the next attempt may
 * post a second one.
 */

import type { KnownBlock, MessageMetadata } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { DeliveryResult, Leased, Log } from '../../ports/index.js';
import type { Channels } from '../client/channels.js';
import { UnusableChannelError } from '../client/web-failure.js';
import type { Workspace } from '../client/workspace.js';
import { createDeliveryErrors, type DeliveryErrors } from './delivery-errors.js';
import { SENT } from './delivery-result.js';
import type { OpenDirectChannel } from './direct-channels.js';
import type { KeyedQueue } from './keyed-queue.js';
import { type Pace, SLACK_PACE } from './pacing.js';
import type { UnusableChannels } from './unusable-channels.js';

export { SENT } from './delivery-result.js';

export interface Poster {
  /** The signal ends the wait for a channel's turn; a call to Slack that has started is finished. Throws database errors. */
  deliver(leased: Leased, signal: AbortSignal): Promise<DeliveryResult>;
  /** False after a failure that a person must fix, until a delivery succeeds. */
  healthy(): boolean;
}

export interface PostingParts {
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly posts: KeyedQueue;
  readonly channels: Channels;
  readonly unusable: UnusableChannels;
  readonly openDirectChannel: OpenDirectChannel;
  readonly defaultChannel?: string | undefined;
  readonly pace: Pace;
  readonly log: Log;
}

/** One delivery that is running. */
export interface Job {
  readonly teamId: string;
  readonly leased: Leased;
  readonly signal: AbortSignal;
  readonly deliveryErrors: DeliveryErrors;
}

/** Nothing in the text becomes a mention or a link. */
export const LITERAL = { parse: 'none', link_names: false } as const;

/** Makes a poster of `deliver`, which posts or updates one thing: what Slack answers becomes the result. */
export function createPoster(
  {
    workspace,
    log,
    pace = SLACK_PACE,
  }: Pick<PostingParts, 'workspace' | 'log'> & Partial<Pick<PostingParts, 'pace'>>,
  deliver: (job: Job) => Promise<DeliveryResult>,
): Poster {
  const deliveryErrors = createDeliveryErrors(log, pace.fixRetryMs);
  return {
    healthy: deliveryErrors.none,
    async deliver(leased, signal) {
      const connected = workspace();
      if (!connected) return { outcome: 'unavailable', error: 'not_connected' };
      return deliveryErrors.attempt({ subject: leased.subject }, () =>
        deliver({ teamId: connected.teamId, leased, signal, deliveryErrors }),
      );
    },
  };
}

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** Ids only: everyone in the channel can read it. */
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
  /** The Slack account (`U…`, `W…`) that gets it as a direct message. */
  readonly user?: string | undefined;
  /** Replies in the thread of this message. */
  readonly threadTs?: string | undefined;
  /** Called at the channel's turn, so that the message shows the latest state; undefined when there is nothing to post any more. */
  readonly compose: () => Promise<Message | undefined>;
  /** Awaited before the delivery counts as sent. */
  readonly remember?: (place: Place) => Promise<void>;
}

/** Posts at the channel's turn. Throws what Slack's client throws, and `UnusableChannelError` when no channel is configured. */
export async function post(
  parts: PostingParts,
  signal: AbortSignal,
  { compose, remember, threadTs, ...posting }: Posting,
): Promise<DeliveryResult> {
  const channel = await channelOf(parts, posting);
  if (!channel) throw new UnusableChannelError('no_channel');
  return parts.posts(channel, signal, async (spend) => {
    const message = await compose();
    if (!message) return SENT;
    const place = await send(parts, channel, message, { spend, threadTs });
    await remember?.(place);
    return SENT;
  });
}

async function channelOf(
  { openDirectChannel, defaultChannel }: PostingParts,
  { channel, user }: Pick<Posting, 'channel' | 'user'>,
): Promise<string | undefined> {
  return user === undefined ? (channel ?? defaultChannel) : openDirectChannel(user);
}

export interface Sending {
  /** Called when a message is really posted. */
  readonly spend: () => void;
  readonly threadTs?: string | undefined;
}

/** Posts at once, without link previews, and never to a channel that is shared with another company. Throws what Slack's client throws. */
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
