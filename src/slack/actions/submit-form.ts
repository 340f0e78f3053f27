/** A submitted form becomes a decision: who is this, then the one `decide`, then an answer in the form. All of it within 3 s. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { ApprovalId } from '../../domain/approval.js';
import type { Log } from '../../domain/ports.js';
import { explain, type Refusal } from '../../domain/refusal.js';
import type { RefusalCode, Verdict } from '../../domain/vocabulary.js';
import type { ReadCardFacts } from '../../usecases/card-facts.js';
import type { Decide } from '../../usecases/decide.js';
import type { IdentifyPresser, Presser } from '../../usecases/identify-presser.js';
import type { RecordRefusedPress } from '../../usecases/record-refused-press.js';
import { type Dates, dated } from '../dates.js';
import type { Gesture } from '../gesture.js';
import { FIELD, fromMetadata, type Subject } from '../ids.js';
import { readSubmission } from '../payload.js';
import {
  type FieldErrors,
  type FormAnswers,
  readAnswers,
  UNKNOWN_BOX,
} from '../views/form-answers.js';
import { noticeView } from '../views/notice-view.js';
import { outcomeView } from '../views/outcome-view.js';
import { chosenResources } from '../views/resource-choices.js';
import { webFailure } from '../web-failure.js';
import type { Workspace } from '../workspace.js';

export interface SubmitFormParts {
  readonly decide: Decide;
  readonly identify: IdentifyPresser;
  readonly recordRefusedPress: RecordRefusedPress;
  readonly readCardFacts: ReadCardFacts;
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
  readonly log: Log;
}

export type SubmitForm = (verdict: Verdict, body: unknown, from: Gesture) => Promise<void>;

/** Milliseconds until the form is answered, with or without an outcome; Slack gives up after 3 s. */
const PATIENCE = 2400;

const UNREADABLE = 'vsecure cannot read this form. Please open it again from the newest card.';
const STILL_WORKING =
  'This takes longer than usual. The outcome will be shown here and on the card.';
const TROUBLE =
  'Something went wrong, and vsecure cannot say whether your answer was counted. The card shows how it stands; answering again does no harm.';
const COUNTED = 'Your answer was counted.';

/** What the form answers: nothing (it closes), words at a field, or a notice in its place. */
type Reply =
  | 'done'
  | { readonly errors: FieldErrors }
  | { readonly view: ModalView; readonly errors?: undefined };

export function createSubmitForm(parts: SubmitFormParts): SubmitForm {
  return async (verdict, body, gesture) => {
    const submission = readSubmission(body);
    const subject = submission && fromMetadata(submission.metadata);
    const workspace = parts.workspace();
    if (!subject || !workspace) return answer(gesture, { view: noticeView('vsecure', UNREADABLE) });
    const read = readAnswers(submission.values);
    if ('errors' in read) return answer(gesture, read);

    const presser = { teamId: workspace.teamId, userId: gesture.userId };
    const outcome = settle(parts, { verdict, subject, presser, answers: read.answers });
    const reply = await Promise.race([outcome, sleep(PATIENCE, undefined, { ref: false })]);
    if (reply) return answer(gesture, reply);
    await answer(gesture, { view: noticeView('Still working', STILL_WORKING) });
    await showLate(parts, submission.viewId, await outcome);
  };
}

function answer(gesture: Gesture, reply: Reply): Promise<void> {
  if (reply === 'done') return gesture.ack();
  if (reply.errors) return gesture.ack({ response_action: 'errors', errors: reply.errors });
  return gesture.ack({ response_action: 'update', view: reply.view });
}

interface Attempt {
  readonly verdict: Verdict;
  readonly subject: Subject;
  readonly presser: Presser;
  readonly answers: FormAnswers;
}

/** Never rejects: whoever pressed must hear of a broken pipe, too. */
async function settle(parts: SubmitFormParts, attempt: Attempt): Promise<Reply> {
  try {
    return await decideAs(parts, attempt);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    parts.log.error({ approval: attempt.subject.approval, error: name }, 'a decision failed');
    return { view: noticeView('Something went wrong', TROUBLE) };
  }
}

async function decideAs(parts: SubmitFormParts, attempt: Attempt): Promise<Reply> {
  const { verdict, subject, presser } = attempt;
  const { reason, duration, places } = attempt.answers;
  const identified = await parts.identify(presser);
  if (!identified.ok) {
    await record(parts, attempt, identified.refusal.code);
    return { view: noticeView('Not possible', explain(identified.refusal)) };
  }
  const { approval, seen } = subject;
  const chosen = await chosenBy(parts, approval, places);
  if (chosen === 'unknown') return { errors: { [FIELD.resources.block]: UNKNOWN_BOX } };
  const through = `slack ${presser.teamId}/${presser.userId}`;
  const decided = await parts.decide(
    { person: identified.value, door: 'slack', through },
    { approval, verdict, seen, reason, duration, resources: chosen },
  );
  return decided.ok ? 'done' : whyNot(parts, attempt, decided.refusal);
}

/** Undefined: all of them. The form names them by their places in the approval, which never change. */
async function chosenBy(
  { readCardFacts }: SubmitFormParts,
  id: ApprovalId,
  places: FormAnswers['places'],
): Promise<readonly string[] | undefined | 'unknown'> {
  if (!places) return undefined;
  const facts = await readCardFacts(id);
  return (facts && chosenResources(facts.approval.resources, places)) ?? 'unknown';
}

/** Accounts behind which there is nobody who could decide leave a trace, too; `unavailable` is Slack's silence. */
async function record(
  { recordRefusedPress }: SubmitFormParts,
  { verdict, subject: { approval }, presser }: Attempt,
  refusal: RefusalCode,
): Promise<void> {
  if (refusal === 'unavailable') return;
  await recordRefusedPress(presser, { approval, verdict, refusal });
}

async function whyNot(parts: SubmitFormParts, attempt: Attempt, refusal: Refusal): Promise<Reply> {
  const field = FIELD_OF[refusal.code];
  if (field) return { errors: { [field]: explain(refusal) } };
  const ended = refusal.code === 'already_decided' || refusal.code === 'expired';
  const facts = ended ? await parts.readCardFacts(attempt.subject.approval) : undefined;
  const outcome = facts && outcomeView(facts, attempt.presser.teamId);
  const view = outcome ?? noticeView('Not possible', explain(refusal));
  return { view: dated(parts.dates, view) };
}

/** Refusals that the person can mend at a field. */
const FIELD_OF: Partial<Record<RefusalCode, string>> = {
  reason_missing: FIELD.reason.block,
  reason_too_short: FIELD.reason.block,
  invalid_duration: FIELD.duration.block,
  duration_too_long: FIELD.duration.block,
  cannot_widen: FIELD.duration.block,
  nothing_in_common: FIELD.resources.block,
};

/** The form was answered before the outcome was known: say it there, if it is still open. */
async function showLate(parts: SubmitFormParts, viewId: string, reply: Reply): Promise<void> {
  try {
    await parts.client.views.update({ view_id: viewId, view: lateView(reply) });
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    parts.log.warn({ code: failure.code }, 'a late outcome could not be shown in its form');
  }
}

function lateView(reply: Reply): ModalView {
  if (reply === 'done') return noticeView('Done', COUNTED);
  if (reply.errors) return noticeView('Not possible', Object.values(reply.errors).join(' '));
  return reply.view;
}
