/**
 * Where an open request is shown: in its channel, and in direct messages to approvers who are not in that channel, who were added by an
 * escalation, or who are the only approver. When the channel cannot be used, every approver gets a direct message.
 */

import type { CardCopy, DeliveryResult } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import {
  isChannelTrouble,
  isUndeliverable,
  UnusableChannelError,
  webFailure,
} from '../client/web-failure.js';
import { type CardParts, cardMessage, isOpen, newCardMessage } from './card-message.js';
import { type Job, type Place, send } from './channel-posting.js';
import { readError } from './delivery-errors.js';
import { SENT } from './delivery-result.js';
import { addToDigest, type FoldingParts, foldIntoDigests } from './digest-folding.js';
import { directRecipients } from './direct-recipients.js';

type Parts = CardParts & FoldingParts;

/** Posts every copy that `existing` does not have. */
export async function postMissingCopies(
  parts: Parts,
  job: Job,
  facts: CardFacts,
  existing: readonly CardCopy[],
): Promise<readonly DeliveryResult[]> {
  const channel = facts.policy?.channel ?? parts.defaultChannel;
  const isPosted = existing.some((copy) => copy.channel === channel);
  const result = isPosted ? SENT : await postInChannel(parts, job, facts, channel);
  if (result.outcome === 'unavailable') return [result];
  const audience = await parts.readCardAudience(facts, job.teamId);
  const users = isChannelUnusable(result)
    ? audience.approvers
    : await directRecipients(parts.channels, audience, channel);
  const direct = users.slice(0, DIRECT_MAX).map((user) => postDirectly(parts, job, facts, user));
  return [result, ...(await Promise.all(direct))];
}

/** Direct messages for one request at most. */
const DIRECT_MAX = 20;

const isChannelUnusable = (result: DeliveryResult): boolean =>
  result.outcome === 'retry' && isChannelTrouble(readError(result.error).code);

async function postInChannel(
  parts: Parts,
  job: Job,
  facts: CardFacts,
  channel: string | undefined,
): Promise<DeliveryResult> {
  const { subject } = job.leased;
  return job.deliveryErrors.attempt({ subject, channel }, async () => {
    if (!channel) throw new UnusableChannelError('no_channel');
    return parts.posts(channel, job.signal, async (spend) => {
      if (await isShown(parts, facts, channel)) return SENT;
      const isDefault = channel === parts.defaultChannel;
      const waiting = await parts.digests.waiting(channel, isDefault);
      if (waiting.length > parts.pace.digestAbove)
        return foldIntoDigests(parts, job, { channel, waiting, spend });
      return postCard(parts, job, facts, { channel, spend });
    });
  });
}

/** True when another delivery has posted it since, as a card or in a digest. */
async function isShown({ cards }: Parts, { approval }: CardFacts, channel: string) {
  return (await cards.copies(approval.id)).some((copy) => copy.channel === channel);
}

/** Posts a card; where the channel shows a digest, the direct messages become a digest too. */
async function postDirectly(
  parts: Parts,
  job: Job,
  facts: CardFacts,
  user: string,
): Promise<DeliveryResult> {
  const { subject } = job.leased;
  try {
    const channel = await parts.openDirectChannel(user);
    return await job.deliveryErrors.attempt({ subject, channel }, () =>
      parts.posts(channel, job.signal, async (spend) => {
        const copies = await parts.cards.copies(facts.approval.id);
        if (copies.some((copy) => copy.channel === channel)) return SENT;
        if (!copies.some(({ kind }) => kind === 'digest'))
          return postCard(parts, job, facts, { channel, spend });
        await addToDigest(parts, job, { channel, ids: [facts.approval.id], spend });
        return SENT;
      }),
    );
  } catch (error) {
    const code = webFailure(error)?.code;
    if (code === undefined || !isUndeliverable(code)) throw error;
    parts.log.warn({ subject, user, code }, 'an approver cannot get direct messages in Slack');
    return SENT;
  }
}

/** The channel whose turn it is. */
interface Turn {
  readonly channel: string;
  readonly spend: () => void;
}

async function postCard(
  parts: Parts,
  job: Job,
  { approval }: CardFacts,
  { channel, spend }: Turn,
): Promise<DeliveryResult> {
  // It may have been decided while this delivery waited for its turn.
  const facts = await parts.readCardFacts(approval.id);
  if (!facts || !isOpen(facts)) return SENT;
  const { code, channel: where } = readError(job.leased.lastError ?? '');
  const repeat = ['no_answer', 'unknown'].includes(code) && where === channel;
  const card = newCardMessage(cardMessage(parts, job, facts), facts, repeat);
  const place = await send(parts, channel, card, { spend });
  await remember(parts, job, facts, place);
  return SENT;
}

/** A message whose place was not saved can never be updated: it is deleted if possible, and the next attempt posts another. */
async function remember(
  { cards, client }: Parts,
  { teamId, leased }: Job,
  { approval }: CardFacts,
  place: Place,
): Promise<void> {
  const card = { ...place, approval: approval.id, teamId };
  try {
    await cards.save(card, leased.wanted);
  } catch (error) {
    await client.chat.delete({ channel: place.channel, ts: place.messageId }).catch(() => {});
    throw error;
  }
  // The requester may show this link to people. It is not urgent and may fail.
  if (!place.channel.startsWith('D')) void saveLink({ cards, client }, card).catch(() => {});
}

async function saveLink(
  { cards, client }: Pick<Parts, 'cards' | 'client'>,
  card: Parameters<Parts['cards']['saveLink']>[0],
): Promise<void> {
  const { channel, messageId: message_ts } = card;
  const { permalink } = await client.chat.getPermalink({ channel, message_ts });
  if (permalink) await cards.saveLink(card, permalink);
}
