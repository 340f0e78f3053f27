/** Where requests are shown: by cards of their own, and by digests that many share. */

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
  /** The revision that it shows. */
  readonly drawn: number;
}

export interface Cards {
  /** The card in the channel; when there is none, the first direct message with it. */
  find(id: ApprovalId): Promise<PostedCard | undefined>;
  /** Every message that shows it, but for the lines of what no person had to decide. */
  copies(id: ApprovalId): Promise<readonly CardCopy[]>;
  /** Does this message show that approval, alone or among others? */
  shows(channel: string, messageId: string, id: ApprovalId): Promise<boolean>;
  /** A card that is posted anew in the same channel takes the older one's place. */
  save(card: PostedCard, revision?: number): Promise<void>;
  /** That message shows this revision now. */
  recordDrawn(card: PostedCard, revision: number): Promise<void>;
  /** There is no such message any more. */
  remove(card: PostedCard): Promise<void>;
  /** Slack's address of the card in the channel, once it is known. */
  link(id: ApprovalId): Promise<string | undefined>;
  saveLink(card: PostedCard, permalink: string): Promise<void>;
}

/** A card that has not been posted in its channel yet. */
export interface WaitingCard extends Leased {
  readonly approval: ApprovalId;
  readonly policy: PolicyId;
}

/** One message that many requests share. */
export interface DigestCardMessage {
  readonly teamId: string;
  readonly channel: string;
  readonly messageId: string;
}

/** What a digest says of one request. */
export interface DigestCardItem {
  readonly approval: ApprovalId;
  /** The key's name. */
  readonly requester: string;
  readonly policy: PolicyId;
  readonly operation: Operation;
  readonly resources: readonly string[];
  /** Milliseconds asked for. */
  readonly duration: number;
  /** Of what was asked. */
  readonly digest: string;
  readonly status: ApprovalStatus;
  readonly expiresAt: Date;
}

export interface DigestCards {
  /**
   * Requests that are open and wait for their first card in this channel, oldest first. `isDefault`: the channel of policies that
   * name none.
   */
  waiting(channel: string, isDefault: boolean): Promise<readonly WaitingCard[]>;
  /** The newest digest there, when it is younger than `ageMs`. */
  newest(teamId: string, channel: string, ageMs: number): Promise<DigestCardMessage | undefined>;
  /** From now on the message shows these, too; it is drawn anew. A card that one of them has there stays. */
  add(digest: DigestCardMessage, ids: readonly ApprovalId[]): Promise<void>;
  /** Those of these that no message in this channel shows. */
  unshown(channel: string, ids: readonly ApprovalId[]): Promise<readonly ApprovalId[]>;
  /** The message is gone, and another one shows what it showed. */
  move(
    from: Pick<DigestCardMessage, 'channel' | 'messageId'>,
    to: Pick<DigestCardMessage, 'channel' | 'messageId'>,
  ): Promise<void>;
  /** It is out of date. */
  markOutdated(digest: Pick<DigestCardMessage, 'channel' | 'messageId'>): Promise<void>;
  /** Whose message is this? Undefined when it is not one of ours. */
  find(channel: string, messageId: string): Promise<DigestCardMessage | undefined>;
  shown(channel: string, messageId: string): Promise<readonly DigestCardItem[]>;
  items(ids: readonly ApprovalId[]): Promise<readonly DigestCardItem[]>;
}
