/** Replies in the thread of a card: the destination `slack_thread`. One reminds the approvers at half time, the other says that more approvers are asked. */

import { z } from 'zod';
import { approvalId } from '../../contract/fields.js';
import type { Cards, DeliveryResult, ThreadReply } from '../../ports/index.js';
import type { ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import { threadReply } from '../cards/thread-reply.js';
import { webFailure } from '../client/web-failure.js';
import { type Dates, dated } from '../format/dates.js';
import { isOpen } from './card-message.js';
import {
  createPoster,
  type Job,
  type Poster,
  type PostingParts,
  post,
  SENT,
} from './channel-posting.js';

export interface ThreadPosterParts extends PostingParts {
  readonly readCardFacts: ReadCardFacts;
  readonly cards: Cards;
  readonly dates: Dates;
}

export function createThreadPoster(parts: ThreadPosterParts): Poster {
  return createPoster(parts, (job) => postReply(parts, job));
}

const kind = z.enum(['reminder', 'escalation'] satisfies ThreadReply[]);
/** The store writes `<kind>:<approval>`. */
const subject = z.tuple([kind, approvalId]);

/** Without a card in Slack there is no reply: a card that is posted later notifies its approvers itself. */
async function postReply(
  parts: ThreadPosterParts,
  { leased, teamId, signal }: Job,
): Promise<DeliveryResult> {
  const [reply, id] = subject.safeParse(leased.subject.split(':')).data ?? [];
  const place = id && (await parts.cards.find(id));
  if (!reply || !place || place.teamId !== teamId) return SENT;
  try {
    return await post(parts, signal, {
      channel: place.channel,
      threadTs: place.messageId,
      async compose() {
        // A decided request needs no reminder.
        const facts = await parts.readCardFacts(id);
        return facts && isOpen(facts)
          ? dated(parts.dates, threadReply(reply, facts, teamId))
          : undefined;
      },
    });
  } catch (error) {
    if (!GONE.has(webFailure(error)?.code ?? '')) throw error;
    return SENT;
  }
}

const GONE = new Set(['thread_not_found', 'message_not_found', 'channel_not_found', 'is_archived']);
