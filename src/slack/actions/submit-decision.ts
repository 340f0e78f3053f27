/** A submitted form becomes a decision: identifies the user, calls `decide`, answers in the form. All within 3 s. */

import type { Person } from '../../domain/person.js';
import { explain, type Refusal } from '../../domain/refusal.js';
import type { RefusalCode, Verdict } from '../../domain/vocabulary.js';
import type { CardFacts, ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import type { Decide } from '../../usecases/approvals/decide.js';
import type { RecordRefusedClick } from '../../usecases/approvals/record-refused-click.js';
import type { IdentifySlackActor, SlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import { FIELD, type FormSnapshot, fromMetadata } from '../format/action-ids.js';
import { type Dates, dated } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readSubmission } from '../inbound/payload.js';
import { changesSince } from '../views/changed-facts.js';
import { type FormAnswers, readAnswers, UNKNOWN_BOX } from '../views/form-answers.js';
import { noticeView } from '../views/notice-view.js';
import { outcomeView } from '../views/outcome-view.js';
import { chosenResources } from '../views/resource-choices.js';
import { decisionForm } from './open-decision-form.js';
import { answer, type Reply, type ReplyParts, replyInTime } from './reply-in-time.js';

export interface SubmitFormParts extends ReplyParts {
  readonly decide: Decide;
  readonly identify: IdentifySlackActor;
  readonly recordRefusedClick: RecordRefusedClick;
  readonly readCardFacts: ReadCardFacts;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
}

export type SubmitForm = (verdict: Verdict, body: unknown, from: Interaction) => Promise<void>;

const UNREADABLE = 'vsecure cannot read this form. Open it again from the newest card.';

export function createSubmitForm(parts: SubmitFormParts): SubmitForm {
  return async (verdict, body, interaction) => {
    const submission = readSubmission(body);
    const snapshot = submission && fromMetadata(submission.metadata);
    const workspace = parts.workspace();
    if (!snapshot || !workspace)
      return answer(interaction, { view: noticeView('vsecure', UNREADABLE) });
    const read = readAnswers(submission.values);
    if ('errors' in read) return answer(interaction, read);
    if (lacksReason(verdict, snapshot, read.answers))
      return answer(interaction, { errors: { [FIELD.reason.block]: REASON_MISSING } });

    const slackActor = { teamId: workspace.teamId, userId: interaction.userId };
    const outcome = decideAs(parts, { verdict, snapshot, slackActor, answers: read.answers });
    await replyInTime(parts, interaction, submission.viewId, outcome);
  };
}

/** An empty field is a slip, not a decision: it stays in the form, and the audit trail does not record it as refused. `decide` checks again. */
const lacksReason = (verdict: Verdict, { reasonNeeded }: FormSnapshot, { reason }: FormAnswers) =>
  reason === undefined && (verdict === 'deny' || reasonNeeded === true);

const REASON_MISSING = explain({ code: 'reason_missing', minimum: 1 });

interface Attempt {
  readonly verdict: Verdict;
  readonly snapshot: FormSnapshot;
  readonly slackActor: SlackActor;
  readonly answers: FormAnswers;
}

async function decideAs(parts: SubmitFormParts, attempt: Attempt): Promise<Reply> {
  const identified = await parts.identify(attempt.slackActor);
  if (!identified.ok) {
    await record(parts, attempt, identified.refusal.code);
    return { view: noticeView('Not possible', explain(identified.refusal)) };
  }
  const facts = needsFacts(attempt)
    ? await parts.readCardFacts(attempt.snapshot.approval)
    : undefined;
  if (facts && othersApprovedSince(attempt, facts, identified.value))
    return showChangedForm(parts, attempt, facts);
  return decideBy(parts, attempt, identified.value, facts);
}

async function decideBy(
  parts: SubmitFormParts,
  attempt: Attempt,
  person: Person,
  facts: CardFacts | undefined,
): Promise<Reply> {
  const { verdict, slackActor } = attempt;
  const { approval, seen } = attempt.snapshot;
  const { reason, sentBack, duration, indexes } = attempt.answers;
  const resources = indexes && chosenResources(facts?.approval.resources ?? [], indexes);
  if (indexes && !resources) return { errors: { [FIELD.resources.block]: UNKNOWN_BOX } };
  const decided = await parts.decide(
    { person, entryPoint: 'slack', through: `slack ${slackActor.teamId}/${slackActor.userId}` },
    { approval, verdict, seen, reason, sentBack, duration, resources },
  );
  return decided.ok ? 'done' : replyToRefusal(parts, attempt, decided.refusal);
}

/** `decide` reads the facts itself. These cases need them before: indexes become names, and a changed form is shown again. */
const needsFacts = ({ verdict, snapshot, answers }: Attempt): boolean =>
  answers.indexes !== undefined || (verdict === 'approve' && snapshot.needed > 1);

/** Then this approval may be the last one needed, which the form did not say. */
function othersApprovedSince(
  { verdict, snapshot }: Attempt,
  { votes, approval }: CardFacts,
  person: Person,
) {
  const others = votes.filter((vote) => vote.verdict === 'approve' && vote.person !== person.id);
  return approval.status === 'pending' && verdict === 'approve' && others.length > snapshot.votes;
}

/** Audits refused clicks of accounts without a person, too. `unavailable` means that Slack did not answer. */
async function record(
  { recordRefusedClick }: SubmitFormParts,
  { verdict, snapshot: { approval }, slackActor }: Attempt,
  refusal: RefusalCode,
): Promise<void> {
  if (refusal === 'unavailable') return;
  await recordRefusedClick(slackActor, { approval, verdict, refusal });
}

async function replyToRefusal(
  parts: SubmitFormParts,
  attempt: Attempt,
  refusal: Refusal,
): Promise<Reply> {
  const field = FIELD_OF[refusal.code];
  if (field) return { errors: { [field]: explain(refusal) } };
  const facts = READ_AGAIN.has(refusal.code)
    ? await parts.readCardFacts(attempt.snapshot.approval)
    : undefined;
  if (facts && refusal.code === 'policy_changed') return showChangedForm(parts, attempt, facts);
  const outcome = facts && outcomeView(facts, attempt.slackActor.teamId);
  const view = outcome ?? noticeView('Not possible', explain(refusal));
  return { view: dated(parts.dates, view) };
}

const READ_AGAIN: ReadonlySet<RefusalCode> = new Set([
  'already_decided',
  'expired',
  'policy_changed',
]);

const UNDECIDABLE =
  'The policies changed: no single policy covers these resources any more, so this request cannot be decided. The AI tool can ask again for fewer resources.';

/** The same form with the current facts and what changed. It decides when it is submitted again. */
function showChangedForm({ dates }: SubmitFormParts, attempt: Attempt, facts: CardFacts): Reply {
  const { verdict, snapshot, slackActor } = attempt;
  if (!facts.policy) return { view: noticeView('Not possible', UNDECIDABLE) };
  const changed = changesSince(snapshot, facts);
  const opening = { teamId: slackActor.teamId, seen: snapshot.seen, changed };
  return { view: dated(dates, decisionForm(verdict)(facts, opening)) };
}

/** Refusals that the person can correct in a field. */
const FIELD_OF: Partial<Record<RefusalCode, string>> = {
  reason_missing: FIELD.reason.block,
  reason_too_short: FIELD.reason.block,
  invalid_duration: FIELD.duration.block,
  duration_too_long: FIELD.duration.block,
  cannot_widen: FIELD.duration.block,
  nothing_in_common: FIELD.resources.block,
};
