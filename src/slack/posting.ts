/**
 * What everything that is told in a channel has in common: it waits for the channel's turn, it is posted quietly, and what only a
 * person can mend is said once.
 *
 * Known risk: when the connection breaks after Slack took a post, nobody can say whether the message exists, and the next attempt
 * may make a second one.
 */

import type { KnownBlock, MessageMetadata } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { MINUTE } from '../domain/limits.js';
import type { Leased, Log } from '../domain/ports.js';
import type { Pacer } from './pacer.js';
import { remedy, type WebFailure, webFailure } from './web-failure.js';
import type { Workspace } from './workspace.js';

/** What became of one delivery. Without `retryAfterMs` the caller chooses when. */
export type Delivered =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'retry'; readonly error: string; readonly retryAfterMs?: number };

export interface Poster {
  /** The signal ends waiting for a channel's turn; a call to Slack that has begun is finished. Throws when the database does. */
  deliver(leased: Leased, signal: AbortSignal): Promise<Delivered>;
  /** False after a failure that a person must mend, until something gets through. */
  healthy(): boolean;
}

export interface PostingParts {
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly pacer: Pacer;
  readonly defaultChannel?: string | undefined;
  readonly log: Log;
}

/** One delivery under way. */
export interface Job {
  readonly teamId: string;
  readonly leased: Leased;
  readonly signal: AbortSignal;
}

/** What became of it; `no_channel` when nobody has said where to post. */
export type Told = Delivered | 'no_channel';

export const SENT: Delivered = { outcome: 'sent' };
/** An operator can mend what is permanent for a program, so it is tried again, slowly (ms). */
const MENDED_AFTER = 10 * MINUTE;

/** No names turned into mentions. */
export const LITERAL = { parse: 'none', link_names: false } as const;

const NO_CHANNEL: WebFailure = { code: 'no_channel', permanent: true };

/** Asks `tell` to post or redraw one thing, and makes a delivery's outcome of what Slack says. */
export function createDelivering(
  { workspace, log }: Pick<PostingParts, 'workspace' | 'log'>,
  tell: (job: Job) => Promise<Told>,
): Poster {
  const complaints = createComplaints(log);
  return {
    healthy: complaints.none,
    async deliver(leased, signal) {
      const home = workspace();
      if (!home) return { outcome: 'retry', error: 'not_connected' };
      try {
        const told = await tell({ teamId: home.teamId, leased, signal });
        if (told === 'no_channel') return complaints.raise(leased, NO_CHANNEL);
        if (told.outcome === 'sent') complaints.settle();
        return told;
      } catch (error) {
        const failure = webFailure(error);
        if (!failure) throw error;
        return complaints.raise(leased, failure);
      }
    },
  };
}

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** Everybody in the channel can read it: ids only. */
  readonly metadata: MessageMetadata;
}

/** Where Slack put a message. */
export interface Place {
  readonly channel: string;
  readonly messageTs: string;
}

export interface Posting {
  /** Undefined: the default channel. */
  readonly channel?: string | undefined;
  /** Called when the channel's turn has come; undefined when there is nothing to say any more. */
  readonly compose: () => Promise<Message | undefined>;
  /** Awaited before the delivery counts as sent. */
  readonly remember?: (place: Place) => Promise<void>;
}

/** Posts without previews of anything. Throws what Slack's client throws. */
export async function post(
  { client, pacer, defaultChannel }: PostingParts,
  signal: AbortSignal,
  { channel = defaultChannel, compose, remember }: Posting,
): Promise<Told> {
  if (!channel) return 'no_channel';
  const turn = await pacer(channel, signal);
  if (!turn) return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
  const message = await compose();
  if (!message) return SENT;
  const { text, blocks, metadata } = message;
  const quiet = { ...LITERAL, unfurl_links: false, unfurl_media: false };
  const posted = await client.chat.postMessage({ ...quiet, channel, text, blocks, metadata });
  await remember?.({ channel: posted.channel ?? channel, messageTs: posted.ts ?? '' });
  return SENT;
}

/** Says each permanent failure once, until something gets through again. */
function createComplaints(log: Log) {
  const said = new Set<string>();
  return {
    none: () => said.size === 0,
    settle: () => said.clear(),
    raise({ subject }: Leased, { code, retryAfterMs, permanent }: WebFailure): Delivered {
      if (!permanent)
        return {
          outcome: 'retry',
          error: code,
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        };
      if (!said.has(code))
        log.error({ subject, code, todo: remedy(code) }, 'a message cannot be shown in Slack');
      said.add(code);
      return { outcome: 'retry', error: code, retryAfterMs: MENDED_AFTER };
    },
  };
}
