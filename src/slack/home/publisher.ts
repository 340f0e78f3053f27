/**
 * Publishes a person's App Home when they open it, and updates it for a while afterwards: the destination `slack_home`. Each time it
 * asks Slack about the account, since a member may have become a guest.
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
import { unlinkedView } from './unlinked-view.js';

export interface HomePublisherParts {
  readonly home: HomeUseCases;
  readonly identify: IdentifySlackActor;
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
  readonly log: Log;
}

/** The user opens their App Home. Throws the errors of Slack's client. */
export type OpenHome = (userId: string) => Promise<void>;

export function createOpenHome(parts: HomePublisherParts): OpenHome {
  return async (userId) => {
    const teamId = parts.workspace()?.teamId;
    if (teamId === undefined) return;
    const identified = await parts.identify({ teamId, userId });
    if (!identified.ok)
      return void (await publish(parts, userId, unlinkedView(identified.refusal)));
    await parts.home.recordOpened(identified.value, userId);
    await publishHome(parts, identified.value, userId, teamId);
  };
}

export function createHomePoster(parts: HomePublisherParts): Poster {
  return createPoster(parts, (job) => update(parts, job));
}

const personId = z.templateLiteral(['prsn_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);

async function update(parts: HomePublisherParts, { leased, teamId }: Job): Promise<DeliveryResult> {
  const id = personId.safeParse(leased.subject).data;
  const opened = id && (await parts.home.find(id));
  if (!opened?.fresh) return SENT;
  const { userId, person } = opened;
  const identified = await parts.identify({ teamId, userId });
  if (!identified.ok) {
    if (identified.refusal.code === 'unavailable') return { outcome: 'retry', error: 'no_answer' };
    await parts.home.close(person);
    await publish(parts, userId, unlinkedView(identified.refusal));
    return SENT;
  }
  return updateFor(parts, identified.value, userId, teamId);
}

/** A permanent failure for one person must not stop the others' updates: this page is published again when the person opens it. */
async function updateFor(
  parts: HomePublisherParts,
  person: Person,
  userId: string,
  teamId: string,
): Promise<DeliveryResult> {
  try {
    await publishHome(parts, person, userId, teamId);
  } catch (error) {
    const failure = webFailure(error);
    if (!failure?.permanent) throw error;
    parts.log.warn({ person: person.id, code: failure.code }, 'an App Home cannot be published');
    await parts.home.close(person.id);
  }
  return SENT;
}

/** A process with older facts than the published ones starts again. The last attempt publishes without comparing hashes. */
const ATTEMPTS = 3;

async function publishHome(
  parts: HomePublisherParts,
  person: Person,
  userId: string,
  teamId: string,
): Promise<void> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const published = left > 1 ? (await parts.home.find(person.id))?.hash : undefined;
    const view = homeView(await parts.home.read(person), person, teamId);
    const hash = await publish(parts, userId, view, published);
    if (hash === 'conflict') continue;
    return parts.home.recordDrawn(person.id, hash);
  }
}

/** https://docs.slack.dev/reference/methods/views.publish. Resolves with the hash of the published view. */
async function publish(
  { client, dates }: HomePublisherParts,
  userId: string,
  view: HomeView,
  hash?: string,
): Promise<string | undefined> {
  const condition = hash === undefined ? {} : { hash };
  try {
    const { view: published } = await client.views.publish({
      user_id: userId,
      view: dated(dates, view),
      ...condition,
    });
    return published?.hash;
  } catch (error) {
    if (webFailure(error)?.code === 'hash_conflict') return 'conflict';
    throw error;
  }
}
