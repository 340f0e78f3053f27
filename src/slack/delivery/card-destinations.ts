/**
 * Where an open request is to be shown: in its channel, and in direct messages to approvers who are not there, who are asked because
 * nobody answered, or who decide alone. When the channel cannot be used, every approver gets it.
 */

import type { CardCopy } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { isChannelTrouble, isUndeliverable, webFailure } from '../client/web-failure.js';
import { type CardParts, cardOf, isOpen, newCard } from './card-message.js';
import { type Job, type Place, send } from './channel-posting.js';
import { readError } from './delivery-errors.js';
import { type Delivered, SENT } from './delivery-result.js';
import { addToDigest, type FoldingParts, fold } from './digest-folding.js';
import { besideChannel } from './direct-recipients.js';

type Parts = CardParts & FoldingParts;

/** Posts every copy that is missing from `standing`. */
export async function showWhereMissing(
  parts: Parts,
  job: Job,
  facts: CardFacts,
  standing: readonly CardCopy[],
): Promise<readonly Delivered[]> {
  const channel = facts.policy?.channel ?? parts.defaultChannel;
  const shown = standing.some((copy) => copy.channel === channel);
  const told = shown ? SENT : await showInChannel(parts, job, facts, channel);
  if (told.outcome === 'unavailable') return [told];
  const audience = await parts.readCardAudience(facts, job.teamId);
  const users = isUnusable(told)
    ? audience.approvers
    : await besideChannel(parts.channels, audience, channel);
  const direct = users.slice(0, DIRECT_MAX).map((user) => showDirectly(parts, job, facts, user));
  return [told, ...(await Promise.all(direct))];
}

/** More approvers than this are not told one by one. */
const DIRECT_MAX = 20;

const isUnusable = (told: Delivered): boolean =>
  told.outcome === 'retry' && isChannelTrouble(readError(told.error).code);

async function showInChannel(
  parts: Parts,
  job: Job,
  facts: CardFacts,
  channel: string | undefined,
): Promise<Delivered> {
  const { subject } = job.leased;
  if (!channel) return job.deliveryErrors.raise({ subject }, 'no_channel');
  return job.deliveryErrors.attempt({ subject, channel }, () =>
    parts.posts(channel, job.signal, async (spend) => {
      if (await isShown(parts, facts, channel)) return SENT;
      const isDefault = channel === parts.defaultChannel;
      const waiting = await parts.digests.waiting(channel, isDefault);
      if (waiting.length > parts.pace.digestAbove)
        return fold(parts, job, { channel, waiting, spend });
      return postCard(parts, job, facts, { channel, spend });
    }),
  );
}

/** Posted by somebody else meanwhile, alone or among others. */
async function isShown({ cards }: Parts, { approval }: CardFacts, channel: string) {
  return (await cards.copies(approval.id)).some((copy) => copy.channel === channel);
}

/** As a card; but where many wait in the channel, they have become one message, and here they become one, too. */
async function showDirectly(
  parts: Parts,
  job: Job,
  facts: CardFacts,
  user: string,
): Promise<Delivered> {
  const { subject } = job.leased;
  try {
    const channel = await parts.openDirect(user);
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
    parts.log.warn({ subject, user, code }, 'an approver cannot be told in Slack');
    return SENT;
  }
}

interface Spot {
  readonly channel: string;
  readonly spend: () => void;
}

async function postCard(
  parts: Parts,
  job: Job,
  { approval }: CardFacts,
  { channel, spend }: Spot,
): Promise<Delivered> {
  // While it waited for its turn it may have been decided.
  const facts = await parts.readCardFacts(approval.id);
  if (!facts || !isOpen(facts)) return SENT;
  const { code, channel: where } = readError(job.leased.lastError ?? '');
  const repeat = code === 'no_answer' && where === channel;
  const card = newCard(cardOf(parts, job, facts), facts, repeat);
  const place = await send(parts, channel, card, { spend });
  await remember(parts, job, facts, place);
  return SENT;
}

/** A message whose place is not known can never be redrawn: it is taken back as far as possible, and the next attempt posts another. */
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
  // For whoever asked, who may be told where people decide. It hurries nobody and may fail.
  if (!place.channel.startsWith('D')) void keepLink({ cards, client }, card).catch(() => {});
}

async function keepLink(
  { cards, client }: Pick<Parts, 'cards' | 'client'>,
  card: Parameters<Parts['cards']['saveLink']>[0],
): Promise<void> {
  const { channel, messageId: message_ts } = card;
  const { permalink } = await client.chat.getPermalink({ channel, message_ts });
  if (permalink) await cards.saveLink(card, permalink);
}
