/** Folds many requests that wait for their card in one channel into one message there, and into one direct message for each approver who gets one. */

import type { ApprovalId } from '../../domain/approval.js';
import { mostUrgentFirst } from '../../domain/risk-signals.js';
import type {
  DeliveryResult,
  DigestCardMessage,
  DigestCards,
  SlackOutbox,
  WaitingCard,
} from '../../ports/index.js';
import type { ReadCardAudience } from '../../usecases/approvals/card-audience.js';
import type { CardFacts, ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import { type DigestFacts, digestMessage, isPending } from '../cards/digest-card.js';
import { isChannelTrouble, isUndeliverable, webFailure } from '../client/web-failure.js';
import { type Dates, dated } from '../format/dates.js';
import { type Job, type Message, type Place, type PostingParts, send } from './channel-posting.js';
import { SENT } from './delivery-result.js';
import { directRecipients } from './direct-recipients.js';

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

/** Called at the channel's turn. Throws what Slack's client throws; then all requests stay queued. */
export async function foldIntoDigests(
  parts: FoldingParts,
  job: Job,
  all: Fold,
): Promise<DeliveryResult> {
  const { channel, waiting, spend } = all;
  const ids = waiting.map(({ approval }) => approval);
  const failure = await channelFailure(() => addToDigest(parts, job, { channel, ids, spend }));
  for (const [user, theirs] of await recipients(parts, job, all, failure !== undefined))
    await foldDirectly(parts, job, user, theirs);
  if (!failure) {
    await parts.slackOutbox.sent('slack_card', ...waiting);
    return SENT;
  }
  const { fixRetryMs } = parts.pace;
  await parts.slackOutbox.retryAll(
    'slack_card',
    waiting,
    fixRetryMs,
    `${webFailure(failure)?.code} ${channel}`,
  );
  throw failure;
}

/** Resolves with the error when the channel cannot be used. Throws any other error. */
async function channelFailure(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isChannelTrouble(webFailure(error)?.code ?? '')) return error;
    throw error;
  }
}

/** The requests that each Slack account gets in a direct message. Requests under one policy have the same approvers, except the requester. */
async function recipients(
  parts: FoldingParts,
  job: Job,
  { channel, waiting }: Fold,
  allApprovers: boolean,
): Promise<ReadonlyMap<string, readonly ApprovalId[]>> {
  const found = new Map<string, ApprovalId[]>();
  for (const policy of new Set(waiting.map((one) => one.policy))) {
    const ids = waiting.filter((one) => one.policy === policy).map(({ approval }) => approval);
    const [sample] = ids;
    const facts = sample && (await parts.readCardFacts(sample));
    if (!facts) continue;
    const audience = await parts.readCardAudience(facts, job.teamId);
    const users = allApprovers
      ? audience.approvers
      : await directRecipients(parts.channels, audience, channel);
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
    const channel = await parts.openDirectChannel(user);
    await parts.posts(channel, job.signal, async (spend) => {
      await addToDigest(parts, job, { channel, ids, spend });
      return SENT;
    });
  } catch (error) {
    const code = webFailure(error)?.code;
    if (code === undefined || !isUndeliverable(code)) throw error;
    parts.log.warn({ user, code }, 'an approver cannot get direct messages in Slack');
  }
}

interface Addition {
  readonly channel: string;
  readonly ids: readonly ApprovalId[];
  readonly spend: () => void;
}

/** Called at the channel's turn: adds requests to a recent digest, or posts a new one. Leaves out requests that the channel already shows. */
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
  await saveOrDelete(parts, posted, () => digests.add(posted, missing));
}

/** Called at the channel's turn: a new message replaces a deleted one. */
export async function repostDigest(
  parts: FoldingParts,
  { teamId }: Job,
  addition: Addition,
  gone: Place,
): Promise<void> {
  const posted = await postDigest(parts, teamId, addition);
  await saveOrDelete(parts, posted, () => parts.digests.move(gone, posted));
}

/** A message whose place was not saved can never be updated, so it is deleted. */
async function saveOrDelete(
  { client }: FoldingParts,
  { channel, messageId: ts }: DigestCardMessage,
  save: () => Promise<void>,
): Promise<void> {
  try {
    await save();
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
  const message = await composeDigest(parts, { items, teamId, revision: 0 });
  return { teamId, ...(await send(parts, channel, message, { spend })) };
}

/** Rows of a digest: on a telephone more of them would push the button below the screen. *Review…* shows all. */
const ROWS = 3;

/** The message, with the current facts of its most urgent requests. */
export async function composeDigest(
  parts: Pick<FoldingParts, 'readCardFacts' | 'dates'>,
  digest: Pick<DigestFacts, 'items' | 'teamId' | 'revision'>,
): Promise<Message> {
  const urgent = digest.items.filter(isPending).toSorted(mostUrgentFirst).slice(0, ROWS);
  const rows = await Promise.all(urgent.map(({ approval }) => parts.readCardFacts(approval)));
  const facts = await sampleFacts(parts, digest.items);
  const found = rows.filter((row) => row !== undefined);
  return dated(parts.dates, digestMessage({ ...digest, rows: found, facts }));
}

/** A digest names the approvers of at most this many policies. */
const POLICIES_NAMED = 5;

/** The facts of one open request under each policy, which name the approvers. */
async function sampleFacts(
  { readCardFacts }: Pick<FoldingParts, 'readCardFacts'>,
  items: Awaited<ReturnType<DigestCards['items']>>,
): Promise<readonly CardFacts[]> {
  const open = items.filter(isPending);
  const policies = [...new Set(open.map(({ policy }) => policy))].slice(0, POLICIES_NAMED);
  const found = policies.map((policy) => {
    const item = open.find((one) => one.policy === policy);
    return item && readCardFacts(item.approval);
  });
  return (await Promise.all(found)).filter((facts) => facts !== undefined);
}
