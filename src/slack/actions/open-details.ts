/** *Details…* shows the request at once, and adds earlier requests when vsecure has identified the user. */

import type { Log } from '../../ports/index.js';
import type { ReadRequestHistory } from '../../usecases/approvals/request-history.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import { webFailure } from '../client/web-failure.js';
import { dated } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { detailsView } from '../views/details-view.js';
import { historyBlocks } from '../views/history-blocks.js';
import {
  type ClickedRequest,
  findClickedRequest,
  type OpeningParts,
  openView,
  UNKNOWN_CARD,
} from './open-view.js';

export interface OpenDetailsParts extends OpeningParts {
  readonly identify: IdentifySlackActor;
  readonly readRequestHistory: ReadRequestHistory;
}

export type OpenDetails = (body: unknown, from: Interaction) => Promise<void>;

export function createOpenDetails(parts: OpenDetailsParts): OpenDetails {
  return async (body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const found = click && (await findClickedRequest(parts, click));
    if (!click || !found) return interaction.reply(UNKNOWN_CARD);
    const view = await openView(parts, interaction, click, detailsView(found.facts, found.teamId));
    if (view) await addHistory(parts, view, found, interaction.userId);
  };
}

/** The details are useful without the history, so a failure is only logged. */
async function addHistory(
  parts: OpenDetailsParts,
  viewId: string,
  { facts, teamId }: ClickedRequest,
  userId: string,
): Promise<void> {
  const identified = await parts.identify({ teamId, userId });
  const past = identified.ok
    ? await parts.readRequestHistory(identified.value, facts.approval.id)
    : undefined;
  const view = dated(parts.dates, detailsView(facts, teamId, historyBlocks(past)));
  await parts.client.views.update({ view_id: viewId, view }).catch(onlyLogged(parts.log));
}

const onlyLogged = (log: Log) => (error: unknown) => {
  const failure = webFailure(error);
  if (!failure) throw error;
  log.warn({ code: failure.code }, 'the history of a request could not be shown');
};
