/**
 * A pressed button opens a view on the database's word alone: Slack gives 3 s until `views.open`, so who pressed is asked when a form
 * is submitted.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { ApprovalId } from '../../domain/approval.js';
import type { Cards, Log } from '../../ports/index.js';
import type { CardFacts, ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import { webFailure } from '../client/web-failure.js';
import type { Workspace } from '../client/workspace.js';
import { fromButtonValue } from '../format/action-ids.js';
import { type Dates, dated } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import type { ClickedButton } from '../inbound/payload.js';

export interface OpeningParts {
  readonly cards: Cards;
  readonly readCardFacts: ReadCardFacts;
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
  readonly log: Log;
}

export const NOT_OURS =
  'vsecure does not know this card, or has replaced it. Please look at the newest card of this request.';
const NOT_OPENED = 'Slack did not open the form. Please press the button again.';

/** What a button was about, as it is now. */
export interface Found {
  readonly facts: CardFacts;
  readonly teamId: string;
  /** The digest that the button carried. */
  readonly seen: string;
}

/** The request behind the button, if the message is one of ours that shows this very request; a view is always ours. */
export async function whatIsShown(
  parts: OpeningParts,
  { value, place }: ClickedButton,
): Promise<Found | undefined> {
  const subject = fromButtonValue(value);
  const workspace = parts.workspace();
  const facts = subject && workspace && (await parts.readCardFacts(subject.approval));
  if (!facts) return undefined;
  if (place && !(await isShownBy(parts.cards, place, subject.approval))) return undefined;
  return { facts, teamId: workspace.teamId, seen: subject.seen };
}

/** Slack shows a message some milliseconds before it says where; all the looks together leave two of the trigger's 3 s. */
const LOOKS = 8;
const BETWEEN_LOOKS = 120;

export async function isShownBy(
  cards: Cards,
  { channel, messageId }: NonNullable<ClickedButton['place']>,
  id: ApprovalId,
): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look += 1) {
    if (await cards.shows(channel, messageId, id)) return true;
    await sleep(BETWEEN_LOOKS);
  }
  return false;
}

/** On top of the modal that the button is in, if any. Tells whoever pressed when Slack does not open it. Resolves with the view's id. */
export async function openView(
  { client, dates, log }: OpeningParts,
  interaction: Interaction,
  { inModal, triggerId }: ClickedButton,
  view: ModalView,
): Promise<string | undefined> {
  const opening = { trigger_id: triggerId, view: dated(dates, view) };
  try {
    const opened = await (inModal ? client.views.push(opening) : client.views.open(opening));
    return opened.view?.id;
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    log.warn({ code: failure.code, kind: interaction.kind }, 'Slack did not open a form');
    await interaction.tell(NOT_OPENED);
    return undefined;
  }
}
