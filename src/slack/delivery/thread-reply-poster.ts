/** Answers in the thread of a card: the destination `slack_thread`. A reminder halfway, and that further approvers are asked. */

import { z } from 'zod';
import { approvalId } from '../../contract/fields.js';
import type { Cards, ThreadReply } from '../../ports/index.js';
import type { ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import { threadNote } from '../cards/thread-reply.js';
import { webFailure } from '../client/web-failure.js';
import { type Dates, dated } from '../format/dates.js';
import { isOpen } from './card-message.js';
import {
  createDelivering,
  type Job,
  type Poster,
  type PostingParts,
  post,
  SENT,
  type Told,
} from './channel-posting.js';

export interface ThreadPosterParts extends PostingParts {
  readonly readCardFacts: ReadCardFacts;
  readonly cards: Cards;
  readonly dates: Dates;
}

export function createThreadPoster(parts: ThreadPosterParts): Poster {
  return createDelivering(parts, (job) => tell(parts, job));
}

const kind = z.enum(['reminder', 'escalation'] satisfies ThreadReply[]);
/** As the store writes it: `<kind>:<approval>`. */
const subject = z.tuple([kind, approvalId]);

/** A card that is not posted yet, or is gone, rings by itself when it comes. */
async function tell(parts: ThreadPosterParts, { leased, teamId, signal }: Job): Promise<Told> {
  const [note, id] = subject.safeParse(leased.subject.split(':')).data ?? [];
  const place = id && (await parts.cards.find(id));
  if (!note || !place || place.teamId !== teamId) return SENT;
  try {
    return await post(parts, signal, {
      channel: place.channel,
      threadTs: place.messageId,
      async compose() {
        // Decided meanwhile: nobody need be reminded.
        const facts = await parts.readCardFacts(id);
        return facts && isOpen(facts)
          ? dated(parts.dates, threadNote(note, facts, teamId))
          : undefined;
      },
    });
  } catch (error) {
    if (!GONE.has(webFailure(error)?.code ?? '')) throw error;
    return SENT;
  }
}

const GONE = new Set(['thread_not_found', 'message_not_found', 'channel_not_found', 'is_archived']);
