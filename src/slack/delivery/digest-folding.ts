/** Folds many requests that wait for their card in one channel into one message there, and into one for each approver who is told in person. */

import type { ApprovalId } from '../../domain/approval.js';
import type {
  DigestCardMessage,
  DigestCards,
  SlackOutbox,
  WaitingCard,
} from '../../ports/index.js';
import type { ReadCardAudience } from '../../usecases/approvals/card-audience.js';
import type { CardFacts, ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import { digestMessage } from '../cards/digest-card.js';
import { isChannelTrouble, isUndeliverable, webFailure } from '../client/web-failure.js';
import { type Dates, dated } from '../format/dates.js';
import { type Job, type Place, type PostingParts, send } from './channel-posting.js';
import { type Delivered, SENT } from './delivery-result.js';
import { besideChannel } from './direct-recipients.js';

export interface FoldingParts extends PostingParts {
  readonly readCardFacts: ReadCardFacts;
  readonly readCardAudience: ReadCardAudience;
  readonly digests: DigestCards;
  readonly slackOutbox: Pick<SlackOutbox, 'sent' | 'retryAll'>;
  readonly dates: Dates;
}

interface Fold {
  readonly channel: string;
  readonly waiting: readonly WaitingCard[];
  readonly spend: () => void;
}

/** Called in the channel's turn. Throws what Slack's client throws; then everything that waits goes on waiting. */
export async function fold(parts: FoldingParts, job: Job, all: Fold): Promise<Delivered> {
  const { channel, waiting, spend } = all;
  const ids = waiting.map(({ approval }) => approval);
  const failure = await channelFailure(() => addToDigest(parts, job, { channel, ids, spend }));
  for (const [user, theirs] of await readers(parts, job, all, failure !== undefined))
    await foldDirectly(parts, job, user, theirs);
  if (!failure) {
    await parts.slackOutbox.sent('slack_card', ...waiting);
    return SENT;
  }
  const { mendedAfter } = parts.pace;
  await parts.slackOutbox.retryAll(
    'slack_card',
    waiting,
    mendedAfter,
    `${webFailure(failure)?.code} ${channel}`,
  );
  throw failure;
}

/** That the channel cannot be used; anything else is thrown. */
async function channelFailure(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isChannelTrouble(webFailure(error)?.code ?? '')) return error;
    throw error;
  }
}

/** Who is told in person, and of what. Requests under one policy have the same approvers, but for whose own they are. */
async function readers(
  parts: FoldingParts,
  job: Job,
  { channel, waiting }: Fold,
  everybody: boolean,
): Promise<ReadonlyMap<string, readonly ApprovalId[]>> {
  const found = new Map<string, ApprovalId[]>();
  for (const policy of new Set(waiting.map((one) => one.policy))) {
    const ids = waiting.filter((one) => one.policy === policy).map(({ approval }) => approval);
    const [sample] = ids;
    const facts = sample && (await parts.readCardFacts(sample));
    if (!facts) continue;
    const audience = await parts.readCardAudience(facts, job.teamId);
    const users = everybody
      ? audience.approvers
      : await besideChannel(parts.channels, audience, channel);
    for (const user of users) found.set(user, [...(found.get(user) ?? []), ...ids]);
  }
  return found;
}

async function foldDirectly(
  parts: FoldingParts,
  job: Job,
  user: string,
  ids: readonly ApprovalId[],
): Promise<void> {
  try {
    const channel = await parts.openDirect(user);
    await parts.posts(channel, job.signal, async (spend) => {
      await addToDigest(parts, job, { channel, ids, spend });
      return SENT;
    });
  } catch (error) {
    const code = webFailure(error)?.code;
    if (code === undefined || !isUndeliverable(code)) throw error;
    parts.log.warn({ user, code }, 'an approver cannot be told in Slack');
  }
}

interface Addition {
  readonly channel: string;
  readonly ids: readonly ApprovalId[];
  readonly spend: () => void;
}

/** Called in the channel's turn: joins a message that is young enough, or posts one. What is shown there already is left out. */
export async function addToDigest(
  parts: FoldingParts,
  { teamId }: Job,
  { channel, ids, spend }: Addition,
): Promise<void> {
  const { digests, pace } = parts;
  const missing = await digests.unshown(channel, ids);
  if (missing.length === 0) return;
  const open = await digests.newest(teamId, channel, pace.digestOpenFor);
  if (open) return digests.add(open, missing);
  const posted = await postDigest(parts, teamId, { channel, ids: missing, spend });
  await orTakenBack(parts, posted, () => digests.add(posted, missing));
}

/** Called in the channel's turn: what the message showed that is gone is shown by a new one. */
export async function repostDigest(
  parts: FoldingParts,
  { teamId }: Job,
  addition: Addition,
  gone: Place,
): Promise<void> {
  const posted = await postDigest(parts, teamId, addition);
  await orTakenBack(parts, posted, () => parts.digests.move(gone, posted));
}

/** A message whose place is not known can never be redrawn. */
async function orTakenBack(
  { client }: FoldingParts,
  { channel, messageId: ts }: DigestCardMessage,
  keep: () => Promise<void>,
): Promise<void> {
  try {
    await keep();
  } catch (error) {
    await client.chat.delete({ channel, ts }).catch(() => {});
    throw error;
  }
}

async function postDigest(
  parts: FoldingParts,
  teamId: string,
  { channel, ids, spend }: Addition,
): Promise<DigestCardMessage> {
  const items = await parts.digests.items(ids);
  const facts = await samples(parts, items);
  const message = dated(parts.dates, digestMessage({ items, facts, teamId, revision: 0 }));
  return { teamId, ...(await send(parts, channel, message, { spend })) };
}

/** Policies whose approvers a digest names. */
const POLICIES_NAMED = 5;

/** The facts of one open request under each policy: they say who may decide. */
export async function samples(
  { readCardFacts }: Pick<FoldingParts, 'readCardFacts'>,
  items: Awaited<ReturnType<DigestCards['items']>>,
): Promise<readonly CardFacts[]> {
  const open = items.filter(({ status }) => status === 'pending');
  const policies = [...new Set(open.map(({ policy }) => policy))].slice(0, POLICIES_NAMED);
  const found = policies.map((policy) => {
    const item = open.find((one) => one.policy === policy);
    return item && readCardFacts(item.approval);
  });
  return (await Promise.all(found)).filter((facts) => facts !== undefined);
}
