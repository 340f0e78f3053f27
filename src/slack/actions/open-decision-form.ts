/** *Approve…* and *Deny…* open a form with the current facts, or the outcome when there is nothing left to decide. */

import type { ModalView } from '@slack/types';
import { whyClosed } from '../../domain/approval.js';
import type { Verdict } from '../../domain/vocabulary.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import type { RecordRefusedClick } from '../../usecases/approvals/record-refused-click.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { approveForm, denyForm, type Opening } from '../views/decision-forms.js';
import { outcomeView } from '../views/outcome-view.js';
import {
  type ClickedRequest,
  findClickedRequest,
  type OpeningParts,
  openView,
  UNKNOWN_CARD,
} from './open-view.js';

export interface OpenFormParts extends OpeningParts {
  readonly recordRefusedClick: RecordRefusedClick;
}

export type OpenForm = (verdict: Verdict, body: unknown, from: Interaction) => Promise<void>;

export function createOpenForm(parts: OpenFormParts): OpenForm {
  return async (verdict, body, interaction) => {
    await interaction.ack();
    const click = readClick(body);
    const found = click && (await findClickedRequest(parts, click));
    if (!click || !found) return interaction.reply(UNKNOWN_CARD);
    const { facts, teamId } = found;
    const { id, request } = facts.approval;
    parts.log.info(
      { approval: id, request, kind: interaction.kind, verdict },
      'a button of a card was clicked',
    );
    const view = outcomeView(facts, teamId) ?? decisionForm(verdict)(facts, found);
    await openView(parts, interaction, click, view);
    // After the view, since Slack's trigger expires after 3 s.
    await recordLateClick(parts, verdict, found, interaction.userId);
  };
}

/** The form for this verdict. */
export const decisionForm = (
  verdict: Verdict,
): ((facts: CardFacts, opening: Opening) => ModalView) =>
  verdict === 'approve' ? approveForm : denyForm;

/** The button decides nothing, but an attempt to decide a closed request belongs in the audit trail. */
async function recordLateClick(
  { recordRefusedClick }: OpenFormParts,
  verdict: Verdict,
  { facts: { approval, now }, teamId }: ClickedRequest,
  userId: string,
): Promise<void> {
  const over = whyClosed(approval, now);
  if (!over) return;
  const click = { approval: approval.id, verdict, refusal: over.code };
  await recordRefusedClick({ teamId, userId }, click);
}
