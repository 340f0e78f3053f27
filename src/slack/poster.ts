/**
 * Draws cards in Slack: the destination `slack_card`. Each call draws the latest state, whatever changed, so it bears being asked
 * twice and late.
 *
 * Known risk: when the connection breaks after Slack took a post, nobody can say whether the message exists, and the next attempt
 * may make a second one. The database then knows the newer; a button on the older is refused with a hint to look at the newest card,
 * so at worst a person reads the request twice.
 */

import type { WebClient } from '@slack/web-api';
import { approvalId } from '../contract/fields.js';
import { MINUTE } from '../domain/limits.js';
import type { Cards, Leased, Log, PostedCard } from '../domain/ports.js';
import type { CardFacts, ReadCardFacts } from '../usecases/card-facts.js';
import { approvalCard } from './cards/approval-card.js';
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
  /** False after a failure that a person must mend, until a card gets through. */
  healthy(): boolean;
}

export interface PosterParts {
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly readCardFacts: ReadCardFacts;
  readonly cards: Cards;
  readonly pacer: Pacer;
  readonly defaultChannel?: string | undefined;
  readonly log: Log;
}

const SENT: Delivered = { outcome: 'sent' };
/** An operator can mend what is permanent for a program, so it is tried again, slowly (ms). */
const MENDED_AFTER = 10 * MINUTE;

/** No previews of anything, no names turned into mentions. */
const QUIET = {
  unfurl_links: false,
  unfurl_media: false,
  parse: 'none',
  link_names: false,
} as const;

export function createPoster(parts: PosterParts): Poster {
  const complaints = createComplaints(parts.log);
  return {
    healthy: complaints.none,
    async deliver(leased, signal) {
      const workspace = parts.workspace();
      if (!workspace) return { outcome: 'retry', error: 'not_connected' };
      try {
        const delivered = await draw({ ...parts, ...workspace, leased, signal });
        if (delivered === 'no_channel') return complaints.raise(leased, NO_CHANNEL);
        if (delivered.outcome === 'sent') complaints.settle();
        return delivered;
      } catch (error) {
        const failure = webFailure(error);
        if (!failure) throw error;
        return complaints.raise(leased, failure);
      }
    },
  };
}

const NO_CHANNEL: WebFailure = { code: 'no_channel', permanent: true };

interface Job extends PosterParts {
  readonly teamId: string;
  readonly leased: Leased;
  readonly signal: AbortSignal;
}

async function draw(job: Job): Promise<Delivered | 'no_channel'> {
  const { cards, readCardFacts, teamId } = job;
  const subject = approvalId.safeParse(job.leased.subject).data;
  const facts = subject && (await readCardFacts(subject));
  if (!facts) return SENT;
  const posted = await cards.find(facts.approval.id);
  // A card in a workspace that we are no longer connected to cannot be reached.
  if (posted?.teamId === teamId && (await redrawn(job, facts, posted))) return SENT;
  return isOpen(facts) ? post(job, facts) : SENT;
}

/** Whoever missed a request need not hear of it when it is over. */
const isOpen = ({ approval, now }: CardFacts) =>
  approval.status === 'pending' && now < approval.expiresAt;

/** False when the message is gone. */
async function redrawn(job: Job, facts: CardFacts, card: PostedCard): Promise<boolean> {
  const { text, blocks } = drawing(job, facts);
  try {
    const { parse, link_names } = QUIET;
    const where = { channel: card.channel, ts: card.messageTs };
    await job.client.chat.update({ ...where, text, blocks, parse, link_names });
    return true;
  } catch (error) {
    if (webFailure(error)?.code === 'message_not_found') return false;
    throw error;
  }
}

async function post(job: Job, before: CardFacts): Promise<Delivered | 'no_channel'> {
  const channel = before.policy?.channel ?? job.defaultChannel;
  if (!channel) return 'no_channel';
  const turn = await job.pacer(channel, job.signal);
  if (!turn) return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
  const approval = before.approval.id;
  // Meanwhile it may be over.
  const facts = await job.readCardFacts(approval);
  if (!facts || !isOpen(facts)) return SENT;
  const posted = await job.client.chat.postMessage({
    ...QUIET,
    ...drawing(job, facts),
    channel,
    metadata: { event_type: 'vsecure_approval', event_payload: { approval_id: approval } },
  });
  // Before the delivery counts as sent: a message whose place is not known can never be redrawn.
  await remember(job, {
    approval,
    teamId: job.teamId,
    channel: posted.channel ?? channel,
    messageTs: posted.ts ?? '',
  });
  return SENT;
}

/** When the place cannot be stored, the message is taken back as far as possible; the next attempt posts another. */
async function remember({ cards, client }: Job, card: PostedCard): Promise<void> {
  try {
    await cards.save(card);
  } catch (error) {
    await client.chat.delete({ channel: card.channel, ts: card.messageTs }).catch(() => {});
    throw error;
  }
}

const drawing = ({ teamId, leased }: Job, facts: CardFacts) =>
  approvalCard(facts, { teamId, revision: leased.wanted });

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
        log.error(
          { approval: subject, code, todo: remedy(code) },
          'a card cannot be drawn in Slack',
        );
      said.add(code);
      return { outcome: 'retry', error: code, retryAfterMs: MENDED_AFTER };
    },
  };
}
