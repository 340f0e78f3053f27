/** *Approve* and *Deny* open a form with the facts as they are now, or what became of the request when there is nothing left to decide. */

import type { ModalView } from '@slack/types';
import { whyOver } from '../../domain/approval.js';
import type { Verdict } from '../../domain/vocabulary.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import type { RecordRefusedPress } from '../../usecases/approvals/record-refused-click.js';
import type { Gesture } from '../inbound/interaction.js';
import { readPress } from '../inbound/payload.js';
import { approveForm, denyForm, type Opening } from '../views/decision-forms.js';
import { outcomeView } from '../views/outcome-view.js';
import { type Found, NOT_OURS, type OpeningParts, openView, whatIsShown } from './open-view.js';

export interface OpenFormParts extends OpeningParts {
  readonly recordRefusedPress: RecordRefusedPress;
}

export type OpenForm = (verdict: Verdict, body: unknown, from: Gesture) => Promise<void>;

export function createOpenForm(parts: OpenFormParts): OpenForm {
  return async (verdict, body, gesture) => {
    await gesture.ack();
    const press = readPress(body);
    const found = press && (await whatIsShown(parts, press));
    if (!press || !found) return gesture.tell(NOT_OURS);
    const { facts, teamId } = found;
    const { id, request } = facts.approval;
    parts.log.info({ approval: id, request, kind: gesture.kind, verdict }, 'a card was pressed');
    const view = outcomeView(facts, teamId) ?? decisionForm(verdict)(facts, found);
    await openView(parts, gesture, press, view);
    // Only now: the trigger does not wait for the audit trail.
    await recordLatePress(parts, verdict, found, gesture.userId);
  };
}

/** The form in which this verdict is given. */
export const decisionForm = (
  verdict: Verdict,
): ((facts: CardFacts, opening: Opening) => ModalView) =>
  verdict === 'approve' ? approveForm : denyForm;

/** Nothing is decided by this button; but an attempt to decide when all is over belongs on record. */
async function recordLatePress(
  { recordRefusedPress }: OpenFormParts,
  verdict: Verdict,
  { facts: { approval, now }, teamId }: Found,
  userId: string,
): Promise<void> {
  const over = whyOver(approval, now);
  if (!over) return;
  const press = { approval: approval.id, verdict, refusal: over.code };
  await recordRefusedPress({ teamId, userId }, press);
}
