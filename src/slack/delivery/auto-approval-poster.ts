/**
 * Tells of what no person had to decide: the destination `slack_auto`. A channel hears of it once a minute at most, however much
 * there is; told twice is harmless.
 */

import { slackChannelId } from '../../contract/fields.js';
import type { AutoApprovals, PostedCard, UnsentAutoApprovals } from '../../ports/index.js';
import { autoApprovedLines, LINES_MAX } from '../cards/auto-approved-lines.js';
import { type Dates, dated } from '../format/dates.js';
import {
  createDelivering,
  type Job,
  type Place,
  type Poster,
  type PostingParts,
  post,
  SENT,
  type Told,
} from './channel-posting.js';

export interface AutoPosterParts extends PostingParts {
  readonly autoApprovals: AutoApprovals;
  /** `off`: the audit trail has them, and Slack hears nothing. */
  readonly autoApproved: 'lines' | 'off';
  readonly dates: Dates;
}

export function createAutoPoster(parts: AutoPosterParts): Poster {
  return createDelivering(parts, (job) => tell(parts, job));
}

async function tell(parts: AutoPosterParts, job: Job): Promise<Told> {
  const { subject } = job.leased;
  const channel = subject === 'default' ? undefined : slackChannelId.safeParse(subject).data;
  const known = subject === 'default' || channel !== undefined;
  if (parts.autoApproved === 'off' || !known) return SENT;
  return postLines(parts, job, channel);
}

function postLines(parts: AutoPosterParts, job: Job, channel: string | undefined): Promise<Told> {
  const { autoApprovals, dates } = parts;
  let shown: UnsentAutoApprovals['approvals'] = [];
  return post(parts, job.signal, {
    channel,
    async compose() {
      // More may have come while it waited for its turn.
      const unsent = await autoApprovals.unsent(channel, LINES_MAX);
      shown = unsent.approvals;
      return unsent.count === 0 ? undefined : dated(dates, autoApprovedLines(unsent));
    },
    remember: (place) => autoApprovals.markSent(channel, placed(shown, job.teamId, place)),
  });
}

const placed = (
  shown: UnsentAutoApprovals['approvals'],
  teamId: string,
  place: Place,
): readonly PostedCard[] => shown.map(({ id }) => ({ ...place, approval: id, teamId }));
