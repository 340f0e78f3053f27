/**
 * Tells people in direct messages what is done with their keys: the destination `slack_direct`. A few things are told one by one;
 * more become one message, so that no agent can flood a person. Somebody without an account here is told nothing.
 */

import { z } from 'zod';
import type { Person } from '../../domain/person.js';
import type { DirectMessage } from '../../ports/index.js';
import type { DirectMessages } from '../../usecases/notifications/direct-messages.js';
import { directDigest } from '../cards/owner-digest.js';
import { directCard } from '../cards/owner-message.js';
import { isUndeliverable, webFailure } from '../client/web-failure.js';
import { type Dates, dated } from '../format/dates.js';
import {
  createDelivering,
  type Job,
  type Message,
  type Poster,
  type PostingParts,
  post,
  SENT,
  type Told,
} from './channel-posting.js';

export interface DirectPosterParts extends PostingParts {
  readonly directMessages: DirectMessages;
  readonly dates: Dates;
}

/** More than this are folded into one message. */
const ONE_BY_ONE = 5;
/** Told with one message. */
const FOLDED_MAX = 1000;
/** Named in it. */
const NEWEST = 10;

export function createDirectPoster(parts: DirectPosterParts): Poster {
  return createDelivering(parts, (job) => tell(parts, job));
}

const personId = z.templateLiteral(['prsn_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);

async function tell(parts: DirectPosterParts, job: Job): Promise<Told> {
  const id = personId.safeParse(job.leased.subject).data;
  if (!id) return SENT;
  const { person, directMessageOutbox } = await parts.directMessages.unsent(id, FOLDED_MAX);
  const user = person && accountOf(person, job.teamId);
  if (!user) return leftUnsent(parts, directMessageOutbox);
  try {
    for (const bundle of bundles(directMessageOutbox)) {
      const told = await tellBundle(parts, job, user, bundle);
      if (told === 'no_channel' || told.outcome !== 'sent') return told;
    }
    return SENT;
  } catch (error) {
    const failure = webFailure(error);
    if (!failure || !isUndeliverable(failure.code)) throw error;
    parts.log.warn({ person: id, code: failure.code }, 'a person cannot be told in Slack');
    return leftUnsent(parts, directMessageOutbox);
  }
}

async function leftUnsent(
  parts: DirectPosterParts,
  directMessageOutbox: readonly DirectMessage[],
): Promise<Told> {
  if (directMessageOutbox.length > 0) await parts.directMessages.markSent(directMessageOutbox);
  return SENT;
}

const accountOf = ({ active, slack }: Person, teamId: string): string | undefined =>
  active ? slack.find((account) => account.teamId === teamId)?.userId : undefined;

/** An alarm is never folded away, and comes first. */
function bundles(unsent: readonly DirectMessage[]): readonly (readonly DirectMessage[])[] {
  const alarms = unsent.filter(({ kind }) => kind === 'suspended');
  const others = unsent.filter(({ kind }) => kind !== 'suspended');
  const alone = (notice: DirectMessage) => [notice];
  return [...alarms.map(alone), ...(others.length > ONE_BY_ONE ? [others] : others.map(alone))];
}

function tellBundle(
  parts: DirectPosterParts,
  { signal, teamId }: Job,
  user: string,
  bundle: readonly DirectMessage[],
): Promise<Told> {
  return post(parts, signal, {
    user,
    async compose() {
      const [first, ...more] = bundle;
      if (!first) return undefined;
      const drawn =
        more.length > 0 ? await digest(parts, bundle) : await single(parts, first, teamId);
      return dated(parts.dates, drawn);
    },
    remember: () => parts.directMessages.markSent(bundle),
  });
}

const single = async (
  { directMessages }: DirectPosterParts,
  notice: DirectMessage,
  teamId: string,
): Promise<Message> => directCard(await directMessages.facts(notice), teamId);

async function digest(
  { directMessages }: DirectPosterParts,
  directMessageOutbox: readonly DirectMessage[],
): Promise<Message> {
  return directDigest({
    directMessageOutbox,
    principals: await directMessages.principals(
      directMessageOutbox.map(({ principal }) => principal),
    ),
    newest: await Promise.all(
      directMessageOutbox.slice(-NEWEST).reverse().map(directMessages.facts),
    ),
  });
}
