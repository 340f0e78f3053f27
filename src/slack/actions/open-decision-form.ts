/** *Approve…* and *Deny…* open a form with the current facts, or the outcome when there is nothing left to decide. */

import type { ModalView } from '@slack/types';
import { whyClosed } from '../../domain/approval.js';
import type { Person } from '../../domain/person.js';
import { explain } from '../../domain/refusal.js';
import type { Verdict } from '../../domain/vocabulary.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import type { CheckVoter } from '../../usecases/approvals/check-voter.js';
import type { RecordRefusedClick } from '../../usecases/approvals/record-refused-click.js';
import type { IdentifySlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Interaction } from '../inbound/interaction.js';
import { readClick } from '../inbound/payload.js';
import { approveForm, denyForm, type Opening } from '../views/decision-forms.js';
import { outcomeView } from '../views/outcome-view.js';
import { type RefusedClick, refusedInTime } from './check-in-time.js';
import { findClickedRequest, type OpeningParts, openView, UNKNOWN_CARD } from './open-view.js';

export interface OpenFormParts extends OpeningParts {
  readonly identify: IdentifySlackActor;
  readonly checkVoter: CheckVoter;
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
    const slackActor = { teamId, userId: interaction.userId };
    const outcome = outcomeView(facts, teamId);
    const refused = outcome
      ? undefined
      : await refusedInTime(parts.identify, slackActor, whyNot(parts, facts, verdict));
    if (refused) await interaction.reply(refused.sentence);
    else await openView(parts, interaction, click, outcome ?? decisionForm(verdict)(facts, found));
    // After the answer, since Slack's trigger expires after 3 s. An attempt to decide a closed request belongs in the audit trail, too.
    const refusal = refused?.code ?? whyClosed(facts.approval, facts.now)?.code;
    if (refusal) await parts.recordRefusedClick(slackActor, { approval: id, verdict, refusal });
  };
}

/** Approvers that a refusal names. */
const NAMED_MAX = 8;

const whyNot =
  ({ checkVoter }: OpenFormParts, facts: CardFacts, verdict: Verdict) =>
  async (person: Person): Promise<RefusedClick | undefined> => {
    const checked = await checkVoter(facts, person, verdict, 'slack');
    if (checked.ok) return undefined;
    const { code } = checked.refusal;
    const named = code === 'not_an_approver' ? facts.approvers.slice(0, NAMED_MAX) : [];
    const who = named.length > 0 ? ` Its approvers: ${named.join(', ')}.` : '';
    return { code, sentence: explain(checked.refusal) + who };
  };

/** The form for this verdict. */
export const decisionForm = (
  verdict: Verdict,
): ((facts: CardFacts, opening: Opening) => ModalView) =>
  verdict === 'approve' ? approveForm : denyForm;
