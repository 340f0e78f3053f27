/** A submitted form revokes a grant: identifies the user, checks the right to revoke, answers in the form. */

import type { GrantId } from '../../domain/grant.js';
import { explain } from '../../domain/refusal.js';
import type { RefusalCode } from '../../domain/vocabulary.js';
import type { ReadGrantFacts } from '../../usecases/approvals/card-facts.js';
import type { RevokeGrant } from '../../usecases/approvals/end-grant.js';
import type { RecordRefusedClick } from '../../usecases/approvals/record-refused-click.js';
import type { IdentifySlackActor, SlackActor } from '../../usecases/people/identify-slack-user.js';
import type { Workspace } from '../client/workspace.js';
import { FIELD } from '../format/action-ids.js';
import { type Dates, dated } from '../format/dates.js';
import type { Interaction } from '../inbound/interaction.js';
import { readSubmission } from '../inbound/payload.js';
import { readAnswers } from '../views/form-answers.js';
import { noticeView } from '../views/notice-view.js';
import { endedView, revokedGrant } from '../views/revoke-form.js';
import { NOT_PERMITTED } from './open-revoke.js';
import { answer, type Reply, type ReplyParts, replyInTime } from './reply-in-time.js';

export interface SubmitRevokeParts extends ReplyParts {
  readonly revokeGrant: RevokeGrant;
  readonly readGrantFacts: ReadGrantFacts;
  readonly identify: IdentifySlackActor;
  readonly recordRefusedClick: RecordRefusedClick;
  readonly workspace: () => Workspace | undefined;
  readonly dates: Dates;
}

export type SubmitRevoke = (body: unknown, from: Interaction) => Promise<void>;

const UNREADABLE = 'vsecure cannot read this form. Open it again.';
const REVOKED = 'The access has ended: the next use is refused.';

export function createSubmitRevoke(parts: SubmitRevokeParts): SubmitRevoke {
  return async (body, interaction) => {
    const submission = readSubmission(body);
    const grant = submission && revokedGrant(submission.metadata);
    const workspace = parts.workspace();
    if (!grant || !workspace)
      return answer(interaction, { view: noticeView('vsecure', UNREADABLE) });
    const read = readAnswers(submission.values);
    if ('errors' in read) return answer(interaction, read);
    const slackActor = { teamId: workspace.teamId, userId: interaction.userId };
    const outcome = revokeAs(parts, { grant, slackActor, reason: read.answers.reason ?? '' });
    await replyInTime(parts, interaction, submission.viewId, outcome);
  };
}

interface Attempt {
  readonly grant: GrantId;
  readonly slackActor: SlackActor;
  readonly reason: string;
}

async function revokeAs(parts: SubmitRevokeParts, attempt: Attempt): Promise<Reply> {
  const { grant, slackActor, reason } = attempt;
  const identified = await parts.identify(slackActor);
  if (!identified.ok)
    return refuse(parts, attempt, identified.refusal.code, explain(identified.refusal));
  const revoked = await parts.revokeGrant(identified.value, grant, reason);
  if (revoked.ok) return { view: noticeView('Revoked', REVOKED) };
  const { refusal } = revoked;
  if (refusal.code === 'reason_missing')
    return { errors: { [FIELD.reason.block]: explain(refusal) } };
  if (refusal.code === 'not_found') return refuse(parts, attempt, 'not_allowed', NOT_PERMITTED);
  if (refusal.code === 'grant_ended') return ended(parts, attempt);
  return refuse(parts, attempt, refusal.code, explain(refusal));
}

/** Audited under the request that led to the grant. `unavailable` means that Slack did not answer. */
async function refuse(
  { readGrantFacts, recordRefusedClick }: SubmitRevokeParts,
  { grant, slackActor }: Attempt,
  refusal: RefusalCode,
  sentence: string,
): Promise<Reply> {
  const facts = await readGrantFacts(grant);
  if (facts && refusal !== 'unavailable')
    await recordRefusedClick(slackActor, {
      approval: facts.approval.id,
      verdict: 'revoke',
      refusal,
    });
  return { view: noticeView('Not possible', sentence) };
}

async function ended(parts: SubmitRevokeParts, attempt: Attempt): Promise<Reply> {
  const { teamId } = attempt.slackActor;
  const facts = await parts.readGrantFacts(attempt.grant);
  if (facts) return { view: dated(parts.dates, endedView(facts, teamId)) };
  return { view: noticeView('Not possible', UNREADABLE) };
}
