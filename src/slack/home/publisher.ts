/**
 * Shows people their App Home when they open it, and draws it anew while they have it open: the destination `slack_home`. Who it is
 * for is asked of Slack each time, since a member may have become a guest.
 */

import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Person } from '../../domain/person.js';
import type { DeliveryResult, Log } from '../../ports/index.js';
import type { HomeUseCases } from '../../usecases/approvals/app-home.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import { webFailure } from '../client/web-failure.js';
import type { Workspace } from '../client/workspace.js';
import { createPoster, type Job, type Poster, SENT } from '../delivery/channel-posting.js';
import { type Dates, dated } from '../format/dates.js';
import { homeView } from './home-view.js';
import { strangerView } from './unlinked-view.js';

export interface HomePublisherParts {
  readonly home: HomeUseCases;
  readonly identify: IdentifySlackActor;
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
  readonly log: Log;
}

/** Somebody looks at their Home now. Throws what Slack's client throws. */
export type OpenHome = (userId: string) => Promise<void>;

export function createOpenHome(parts: HomePublisherParts): OpenHome {
  return async (userId) => {
    const teamId = parts.workspace()?.teamId;
    if (teamId === undefined) return;
    const identified = await parts.identify({ teamId, userId });
    if (!identified.ok)
      return void (await publish(parts, userId, strangerView(identified.refusal)));
    await parts.home.recordOpened(identified.value, userId);
    await drawHome(parts, identified.value, userId, teamId);
  };
}

export function createHomePoster(parts: HomePublisherParts): Poster {
  return createPoster(parts, (job) => redraw(parts, job));
}

const personId = z.templateLiteral(['prsn_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);

async function redraw(parts: HomePublisherParts, { leased, teamId }: Job): Promise<DeliveryResult> {
  const id = personId.safeParse(leased.subject).data;
  const visit = id && (await parts.home.find(id));
  if (!visit?.fresh) return SENT;
  const { userId, person } = visit;
  const identified = await parts.identify({ teamId, userId });
  if (!identified.ok) {
    if (identified.refusal.code === 'unavailable') return { outcome: 'retry', error: 'no_answer' };
    await parts.home.close(person);
    await publish(parts, userId, strangerView(identified.refusal));
    return SENT;
  }
  return redrawFor(parts, identified.value, userId, teamId);
}

/** What fails for this person's page for good is nobody else's trouble: they see it anew when they open it again. */
async function redrawFor(
  parts: HomePublisherParts,
  person: Person,
  userId: string,
  teamId: string,
): Promise<DeliveryResult> {
  try {
    await drawHome(parts, person, userId, teamId);
  } catch (error) {
    const failure = webFailure(error);
    if (!failure?.permanent) throw error;
    parts.log.warn({ person: person.id, code: failure.code }, 'an App Home cannot be drawn');
    await parts.home.close(person.id);
  }
  return SENT;
}

/** Whoever draws with older facts than what is shown begins again; after this many times without asking what is shown. */
const ATTEMPTS = 3;

async function drawHome(
  parts: HomePublisherParts,
  person: Person,
  userId: string,
  teamId: string,
): Promise<void> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const shown = left > 1 ? (await parts.home.find(person.id))?.hash : undefined;
    const view = homeView(await parts.home.read(person), person, teamId);
    const hash = await publish(parts, userId, view, shown);
    if (hash === 'conflict') continue;
    return parts.home.recordDrawn(person.id, hash);
  }
}

/** https://docs.slack.dev/reference/methods/views.publish. Resolves with the hash of what is shown from now on. */
async function publish(
  { client, dates }: HomePublisherParts,
  userId: string,
  view: HomeView,
  hash?: string,
): Promise<string | undefined> {
  const shown = hash === undefined ? {} : { hash };
  try {
    const { view: published } = await client.views.publish({
      user_id: userId,
      view: dated(dates, view),
      ...shown,
    });
    return published?.hash;
  } catch (error) {
    if (webFailure(error)?.code === 'hash_conflict') return 'conflict';
    throw error;
  }
}
