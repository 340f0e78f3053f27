/**
 * Sends people direct messages about their keys: the destination `slack_direct`. A few events get a message each; more become one message,
 * so that no agent can flood a person. A person without an account in this workspace gets none.
 */

import { z } from 'zod';
import type { Person } from '../../domain/person.js';
import type { DeliveryResult, DirectMessage } from '../../ports/index.js';
import type { DirectMessages } from '../../usecases/notifications/direct-messages.js';
import { directDigest } from '../cards/owner-digest.js';
import { directCard } from '../cards/owner-message.js';
import { isUndeliverable, webFailure } from '../client/web-failure.js';
import { type Dates, dated } from '../format/dates.js';
import {
  createPoster,
  type Job,
  type Message,
  type Poster,
  type PostingParts,
  post,
  SENT,
} from './channel-posting.js';

export interface DirectPosterParts extends PostingParts {
  readonly directMessages: DirectMessages;
  readonly dates: Dates;
}

/** More messages than this become one. */
const SEPARATE_MAX = 5;
/** Messages that one digest stands for, at most. */
const FOLDED_MAX = 1000;
/** Messages that a digest shows in full, at most. */
const NEWEST = 10;

export function createDirectPoster(parts: DirectPosterParts): Poster {
  return createPoster(parts, (job) => sendUnsent(parts, job));
}

const personId = z.templateLiteral(['prsn_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);

async function sendUnsent(parts: DirectPosterParts, job: Job): Promise<DeliveryResult> {
  const id = personId.safeParse(job.leased.subject).data;
  if (!id) return SENT;
  const { person, messages } = await parts.directMessages.unsent(id, FOLDED_MAX);
  const user = person && accountOf(person, job.teamId);
  if (!user) return discard(parts, messages);
  try {
    for (const bundle of bundles(messages)) {
      const result = await sendBundle(parts, job, user, bundle);
      if (result.outcome !== 'sent') return result;
    }
    return SENT;
  } catch (error) {
    const failure = webFailure(error);
    if (!failure || !isUndeliverable(failure.code)) throw error;
    parts.log.warn(
      { person: id, code: failure.code },
      'a person cannot get direct messages in Slack',
    );
    return discard(parts, messages);
  }
}

async function discard(
  parts: DirectPosterParts,
  messages: readonly DirectMessage[],
): Promise<DeliveryResult> {
  if (messages.length > 0) await parts.directMessages.markSent(messages);
  return SENT;
}

const accountOf = ({ active, slack }: Person, teamId: string): string | undefined =>
  active ? slack.find((account) => account.teamId === teamId)?.userId : undefined;

/** A suspension always gets a message of its own, and comes first. */
function bundles(unsent: readonly DirectMessage[]): readonly (readonly DirectMessage[])[] {
  const suspensions = unsent.filter(({ kind }) => kind === 'suspended');
  const others = unsent.filter(({ kind }) => kind !== 'suspended');
  const alone = (message: DirectMessage) => [message];
  return [
    ...suspensions.map(alone),
    ...(others.length > SEPARATE_MAX ? [others] : others.map(alone)),
  ];
}

function sendBundle(
  parts: DirectPosterParts,
  { signal, teamId }: Job,
  user: string,
  bundle: readonly DirectMessage[],
): Promise<DeliveryResult> {
  return post(parts, signal, {
    user,
    async compose() {
      const [first, ...more] = bundle;
      if (!first) return undefined;
      const message =
        more.length > 0 ? await digest(parts, bundle) : await single(parts, first, teamId);
      return dated(parts.dates, message);
    },
    remember: () => parts.directMessages.markSent(bundle),
  });
}

const single = async (
  { directMessages }: DirectPosterParts,
  message: DirectMessage,
  teamId: string,
): Promise<Message> => directCard(await directMessages.facts(message), teamId);

async function digest(
  { directMessages }: DirectPosterParts,
  messages: readonly DirectMessage[],
): Promise<Message> {
  return directDigest({
    messages,
    principals: await directMessages.principals(messages.map(({ principal }) => principal)),
    newest: await Promise.all(messages.slice(-NEWEST).reverse().map(directMessages.facts)),
  });
}
