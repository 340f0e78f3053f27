/** *Revoke*, on a card, in the details, in the App Home or in an answer to a command: opens the form with the facts as they are now. */

import type { ReadGrantFacts } from '../../usecases/approvals/card-facts.js';
import { readGrantId } from '../format/action-ids.js';
import type { Interaction } from '../inbound/interaction.js';
import { type ClickedButton, readClick } from '../inbound/payload.js';
import { revokeForm } from '../views/revoke-form.js';
import { isShownBy, NOT_OURS, type OpeningParts, openView } from './open-view.js';

export interface OpenRevokeParts extends OpeningParts {
  readonly readGrantFacts: ReadGrantFacts;
}

export type OpenRevoke = (body: unknown, from: Interaction) => Promise<void>;

/** Whoever presses: who may revoke is asked, of the database, when the form is submitted. */
export function createOpenRevoke(parts: OpenRevokeParts): OpenRevoke {
  return async (body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const facts = click && (await grantShown(parts, click));
    const teamId = parts.workspace()?.teamId;
    if (!click || !facts || !teamId) return interaction.tell(NOT_OURS);
    await openView(parts, interaction, click, revokeForm(facts, teamId));
  };
}

async function grantShown({ cards, readGrantFacts }: OpenRevokeParts, click: ClickedButton) {
  const id = readGrantId(click.value);
  const facts = id && (await readGrantFacts(id));
  if (!facts || !click.place) return facts;
  return (await isShownBy(cards, click.place, facts.approval.id)) ? facts : undefined;
}
