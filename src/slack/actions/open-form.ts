/**
 * A pressed button opens a form on the database's word alone: Slack gives 3 s until `views.open`, so who pressed is asked when the
 * form is submitted.
 */

import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { whyOver } from '../../domain/approval.js';
import type { Cards, Log } from '../../domain/ports.js';
import type { Verdict } from '../../domain/vocabulary.js';
import type { CardFacts, ReadCardFacts } from '../../usecases/card-facts.js';
import type { RecordRefusedPress } from '../../usecases/record-refused-press.js';
import { type Dates, dated } from '../dates.js';
import type { Gesture } from '../gesture.js';
import { type BUTTON, fromButtonValue } from '../ids.js';
import { type PressedButton, readPress } from '../payload.js';
import { approveForm, denyForm, type Opening } from '../views/decision-forms.js';
import { detailsView } from '../views/details-view.js';
import { outcomeView } from '../views/outcome-view.js';
import { webFailure } from '../web-failure.js';
import type { Workspace } from '../workspace.js';

export interface OpenFormParts {
  readonly cards: Cards;
  readonly readCardFacts: ReadCardFacts;
  readonly recordRefusedPress: RecordRefusedPress;
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
  readonly log: Log;
}

export type OpenForm = (button: keyof typeof BUTTON, body: unknown, from: Gesture) => Promise<void>;

const NOT_OURS =
  'vsecure does not know this card, or has replaced it. Please look at the newest card of this request.';
const NOT_OPENED = 'Slack did not open the form. Please press the button again.';

export function createOpenForm(parts: OpenFormParts): OpenForm {
  return async (button, body, gesture) => {
    await gesture.ack();
    const press = readPress(body);
    const shown = press && (await whatIsShown(parts, press));
    if (!press || !shown) return gesture.tell(NOT_OURS);
    const view = dated(parts.dates, VIEWS[button](shown.facts, shown));
    const problem = await open(parts.client, press.triggerId, view);
    if (problem) {
      parts.log.warn({ code: problem, button }, 'Slack did not open a form');
      await gesture.tell(NOT_OPENED);
    }
    // Only now: the trigger does not wait for the audit trail.
    if (button !== 'details') await recordLatePress(parts, button, shown, gesture.userId);
  };
}

/** Nothing is decided by this button; but an attempt to decide when all is over belongs on record. */
async function recordLatePress(
  { recordRefusedPress }: OpenFormParts,
  verdict: Verdict,
  { facts: { approval, now }, teamId }: Shown,
  userId: string,
): Promise<void> {
  const over = whyOver(approval, now);
  if (!over) return;
  const press = { approval: approval.id, verdict, refusal: over.code };
  await recordRefusedPress({ teamId, userId }, press);
}

interface Shown extends Opening {
  readonly facts: CardFacts;
}

/** The request behind the button, if the message is a card of ours that shows this very request. */
async function whatIsShown(parts: OpenFormParts, press: PressedButton): Promise<Shown | undefined> {
  const subject = fromButtonValue(press.value);
  const workspace = parts.workspace();
  if (!subject || !workspace) return undefined;
  const shown = await parts.cards.shownBy(press.channel, press.messageTs);
  if (shown !== subject.approval) return undefined;
  const facts = await parts.readCardFacts(subject.approval);
  return facts && { facts, teamId: workspace.teamId, seen: subject.seen };
}

type View = (facts: CardFacts, opening: Opening) => ModalView;

const VIEWS: Record<keyof typeof BUTTON, View> = {
  approve: (facts, opening) => outcomeView(facts, opening.teamId) ?? approveForm(facts, opening),
  deny: (facts, opening) => outcomeView(facts, opening.teamId) ?? denyForm(facts, opening),
  details: (facts, { teamId }) => detailsView(facts, teamId),
};

/** The code of what went wrong, if anything did. */
async function open(
  client: WebClient,
  triggerId: string,
  view: ModalView,
): Promise<string | undefined> {
  try {
    await client.views.open({ trigger_id: triggerId, view });
    return undefined;
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    return failure.code;
  }
}
