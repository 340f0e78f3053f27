/** A click opens a view with the facts from the database: Slack allows 3 s until `views.open`. */

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

export const UNKNOWN_CARD =
  'vsecure does not recognize this card, or has replaced it. Use the newest card of this request.';
const NOT_OPENED = 'Slack did not open the form. Click the button again.';

/** The current state of the request that a button belongs to. */
export interface ClickedRequest {
  readonly facts: CardFacts;
  readonly teamId: string;
  /** The digest that the button carried. */
  readonly seen: string;
}

/** Undefined unless vsecure posted the message and it shows this request. A view always comes from vsecure. */
export async function findClickedRequest(
  parts: OpeningParts,
  { value, place }: ClickedButton,
): Promise<ClickedRequest | undefined> {
  const subject = fromButtonValue(value);
  const workspace = parts.workspace();
  const facts = subject && workspace && (await parts.readCardFacts(subject.approval));
  if (!facts) return undefined;
  if (place && !(await messageShows(parts.cards, place, subject.approval))) return undefined;
  return { facts, teamId: workspace.teamId, seen: subject.seen };
}

/** Users see a message some milliseconds before Slack returns its id to vsecure. All attempts together leave 2 of the trigger's 3 s. */
const ATTEMPTS = 8;
const PAUSE_MS = 120;

export async function messageShows(
  cards: Cards,
  { channel, messageId }: NonNullable<ClickedButton['place']>,
  id: ApprovalId,
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (await cards.shows(channel, messageId, id)) return true;
    await sleep(PAUSE_MS);
  }
  return false;
}

/** Opens the view, on top of the modal with the button if there is one. Notifies the user when Slack does not open it. Resolves with the view's id. */
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
    await interaction.reply(NOT_OPENED);
    return undefined;
  }
}
