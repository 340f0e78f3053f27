/** *Revoke*, on a card, in the details, in the App Home or in an answer to a command: opens the form with the facts as they are now. */

import type { ReadGrantFacts } from '../../usecases/approvals/card-facts.js';
import { readGrantId } from '../format/action-ids.js';
import type { Gesture } from '../inbound/interaction.js';
import { type PressedButton, readPress } from '../inbound/payload.js';
import { revokeForm } from '../views/revoke-form.js';
import { isShownBy, NOT_OURS, type OpeningParts, openView } from './open-view.js';

export interface OpenRevokeParts extends OpeningParts {
  readonly readGrantFacts: ReadGrantFacts;
}

export type OpenRevoke = (body: unknown, from: Gesture) => Promise<void>;

/** Whoever presses: who may revoke is asked, of the database, when the form is submitted. */
export function createOpenRevoke(parts: OpenRevokeParts): OpenRevoke {
  return async (body, gesture) => {
    await gesture.ack();
    const press = readPress(body);
    const facts = press && (await grantShown(parts, press));
    const teamId = parts.workspace()?.teamId;
    if (!press || !facts || !teamId) return gesture.tell(NOT_OURS);
    await openView(parts, gesture, press, revokeForm(facts, teamId));
  };
}

async function grantShown({ cards, readGrantFacts }: OpenRevokeParts, press: PressedButton) {
  const id = readGrantId(press.value);
  const facts = id && (await readGrantFacts(id));
  if (!facts || !press.place) return facts;
  return (await isShownBy(cards, press.place, facts.approval.id)) ? facts : undefined;
}
