/** *Review…* on a digest opens the list of its requests; the buttons under the list change its page. Neither decides anything. */

import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { DigestCardItem, DigestCards, Log } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';
import type { Place } from '../delivery/channel-posting.js';
import { dated } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { pageOf, reviewView } from '../views/review-view.js';
import { type OpeningParts, openView } from './open-view.js';

export interface ReviewParts extends OpeningParts {
  readonly digests: DigestCards;
}

export type OnClick = (body: unknown, from: Interaction) => Promise<void>;

const UNKNOWN_LIST =
  'vsecure does not recognize this list, or has replaced it. Use the newest message, or run: vsecure mcp:approvals';

export function createOpenReview(parts: ReviewParts): OnClick {
  return async (body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const items =
      click?.place && (await parts.digests.shown(click.place.channel, click.place.messageId));
    if (!click?.place || !items || items.length === 0) return interaction.reply(UNKNOWN_LIST);
    await openView(parts, interaction, click, await pageView(parts, items, click.place, 0));
  };
}

/** The list as vsecure built it. */
const pageClick = z.object({
  view: z.object({ id: z.string(), hash: z.string().optional(), private_metadata: z.string() }),
  actions: z.tuple([z.object({ value: z.string().regex(/^\d{1,4}$/) })], z.unknown()),
});
const place = z.object({ channel: z.string(), messageId: z.string() });

export function createTurnPage(parts: ReviewParts): OnClick {
  return async (body, interaction) => {
    await interaction.ack();
    const read = pageClick.safeParse(body).data;
    const where = read && place.safeParse(JSON.parse(read.view.private_metadata)).data;
    if (!read || !where) return interaction.reply(UNKNOWN_LIST);
    const items = await parts.digests.shown(where.channel, where.messageId);
    const page = Number(read.actions[0].value);
    const view = dated(parts.dates, await pageView(parts, items, where, page));
    await update(parts, { view_id: read.view.id, view });
  };
}

/** Reads the facts of all rows at the same time, since Slack allows 3 s. */
async function pageView(
  { readCardFacts }: ReviewParts,
  items: readonly DigestCardItem[],
  place: Place,
  wanted: number,
): Promise<ModalView> {
  const page = pageOf(items, wanted);
  const facts = await Promise.all(page.rows.map(({ approval }) => readCardFacts(approval)));
  return reviewView({ ...page, rows: facts.filter((row) => row !== undefined), place });
}

/** Of two quick clicks the later one wins. */
async function update(
  { client, log }: { readonly client: WebClient; readonly log: Log },
  change: Parameters<WebClient['views']['update']>[0],
): Promise<void> {
  try {
    await client.views.update(change);
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    log.warn({ code: failure.code }, 'a page of requests could not be shown');
  }
}
