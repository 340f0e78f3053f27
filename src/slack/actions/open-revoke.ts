/** *Revoke…* on a card, in the details, in the App Home or in an answer to a command opens the form with the current facts. */

import type { ReadGrantFacts } from '../../usecases/approvals/card-facts.js';
import { readGrantId } from '../format/action-ids.js';
import type { Interaction } from '../inbound/interaction.js';
import { type ClickedButton, readClick } from '../inbound/payload.js';
import { revokeForm } from '../views/revoke-form.js';
import { messageShows, type OpeningParts, openView, UNKNOWN_CARD } from './open-view.js';

export interface OpenRevokeParts extends OpeningParts {
  readonly readGrantFacts: ReadGrantFacts;
}

export type OpenRevoke = (body: unknown, from: Interaction) => Promise<void>;

/** It opens the form for all users: vsecure checks who may revoke when the form is submitted. */
export function createOpenRevoke(parts: OpenRevokeParts): OpenRevoke {
  return async (body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const facts = click && (await findClickedGrant(parts, click));
    const teamId = parts.workspace()?.teamId;
    if (!click || !facts || !teamId) return interaction.reply(UNKNOWN_CARD);
    await openView(parts, interaction, click, revokeForm(facts, teamId));
  };
}

async function findClickedGrant({ cards, readGrantFacts }: OpenRevokeParts, click: ClickedButton) {
  const id = readGrantId(click.value);
  const facts = id && (await readGrantFacts(id));
  if (!facts || !click.place) return facts;
  return (await messageShows(cards, click.place, facts.approval.id)) ? facts : undefined;
}
