/** *Details* shows a request whole at once, and what came before it as soon as it is known who looks. */

import type { Log } from '../../ports/index.js';
import type { ReadRequestHistory } from '../../usecases/approvals/request-history.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import { webFailure } from '../client/web-failure.js';
import { dated } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { detailsView } from '../views/details-view.js';
import { historyBlocks } from '../views/history-blocks.js';
import { type Found, NOT_OURS, type OpeningParts, openView, whatIsShown } from './open-view.js';

export interface OpenDetailsParts extends OpeningParts {
  readonly identify: IdentifySlackActor;
  readonly readRequestHistory: ReadRequestHistory;
}

export type OpenDetails = (body: unknown, from: Interaction) => Promise<void>;

export function createOpenDetails(parts: OpenDetailsParts): OpenDetails {
  return async (body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const found = click && (await whatIsShown(parts, click));
    if (!click || !found) return interaction.tell(NOT_OURS);
    const view = await openView(parts, interaction, click, detailsView(found.facts, found.teamId));
    if (view) await addHistory(parts, view, found, interaction.userId);
  };
}

/** The details stand without it, so a failure is not told. */
async function addHistory(
  parts: OpenDetailsParts,
  viewId: string,
  { facts, teamId }: Found,
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
