/** The Slack messages that show requests: one card for each request, and digest cards that fold many requests. */

import type { ApprovalId } from '../domain/approval.js';
import type { PolicyId } from '../domain/policy/policy.js';
import type { ApprovalStatus, Operation } from '../domain/vocabulary.js';
import type { Leased } from './slack-outbox.js';

export interface PostedCard {
  readonly approval: ApprovalId;
  readonly teamId: string;
  /** Where the card is posted: a channel or a direct conversation. An opaque id. */
  readonly channel: string;
  /** Opaque: unique within its channel. */
  readonly messageId: string;
}

/** One message that shows a request. */
export interface CardCopy extends PostedCard {
  readonly kind: 'card' | 'digest';
  /** The revision that the message shows. */
  readonly drawn: number;
}

export interface Cards {
  /** The card in the channel. Without one, the first direct message that shows it. */
  find(id: ApprovalId): Promise<PostedCard | undefined>;
  /** Every message that shows the request, except announcements of auto-approved requests. */
  copies(id: ApprovalId): Promise<readonly CardCopy[]>;
  /** Whether this message shows that approval, alone or among others. */
  shows(channel: string, messageId: string, id: ApprovalId): Promise<boolean>;
  /** A second card in the same channel replaces the first. */
  save(card: PostedCard, revision?: number): Promise<void>;
  /** Records that the message now shows this revision. */
  recordDrawn(card: PostedCard, revision: number): Promise<void>;
  /** The message no longer exists in Slack. */
  remove(card: PostedCard): Promise<void>;
  /** Slack's permalink of the card in the channel, once it is known. */
  link(id: ApprovalId): Promise<string | undefined>;
  saveLink(card: PostedCard, permalink: string): Promise<void>;
}

/** A card that has not been posted in its channel yet. */
export interface WaitingCard extends Leased {
  readonly approval: ApprovalId;
  readonly policy: PolicyId;
}

/** A digest card: one message that shows many requests. */
export interface DigestCardMessage {
  readonly teamId: string;
  readonly channel: string;
  readonly messageId: string;
}

/** What a digest card shows of one request. */
export interface DigestCardItem {
  readonly approval: ApprovalId;
  /** The key's name. */
  readonly requester: string;
  readonly policy: PolicyId;
  readonly operation: Operation;
  readonly resources: readonly string[];
  /** Requested duration in milliseconds. */
  readonly duration: number;
  /** Digest of the request. */
  readonly digest: string;
  readonly status: ApprovalStatus;
  readonly expiresAt: Date;
}

export interface DigestCards {
  /**
   * Pending requests without a card in this channel yet, the oldest first. `isDefault`: this is the channel of policies without one.
   */
  waiting(channel: string, isDefault: boolean): Promise<readonly WaitingCard[]>;
  /** The newest digest card in the channel, if it is younger than `ageMs`. */
  newest(teamId: string, channel: string, ageMs: number): Promise<DigestCardMessage | undefined>;
  /** Adds these requests to the digest card and marks it as outdated. Their existing cards stay. */
  add(digest: DigestCardMessage, ids: readonly ApprovalId[]): Promise<void>;
  /** Those of these requests that no message in this channel shows. */
  unshown(channel: string, ids: readonly ApprovalId[]): Promise<readonly ApprovalId[]>;
  /** Records that another message replaces a deleted one. */
  move(
    from: Pick<DigestCardMessage, 'channel' | 'messageId'>,
    to: Pick<DigestCardMessage, 'channel' | 'messageId'>,
  ): Promise<void>;
  /** Marks the digest card as out of date. */
  markOutdated(digest: Pick<DigestCardMessage, 'channel' | 'messageId'>): Promise<void>;
  /** Undefined when the message is not a digest card. */
  find(channel: string, messageId: string): Promise<DigestCardMessage | undefined>;
  shown(channel: string, messageId: string): Promise<readonly DigestCardItem[]>;
  items(ids: readonly ApprovalId[]): Promise<readonly DigestCardItem[]>;
}
