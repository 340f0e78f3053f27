/**
 * Reports auto-approved requests in their channel: the destination `slack_auto`. A channel gets one message a minute at most, however many
 * requests there are. A message that is posted twice does no harm.
 */

import { slackChannelId } from '../../contract/fields.js';
import type {
  AutoApprovals,
  DeliveryResult,
  PostedCard,
  UnsentAutoApprovals,
} from '../../ports/index.js';
import { autoApprovedLines, LINES_MAX } from '../cards/auto-approved-lines.js';
import { type Dates, dated } from '../format/dates.js';
import {
  createPoster,
  type Job,
  type Place,
  type Poster,
  type PostingParts,
  post,
  SENT,
} from './channel-posting.js';

export interface AutoPosterParts extends PostingParts {
  readonly autoApprovals: AutoApprovals;
  /** `off`: only the audit trail shows them. */
  readonly autoApproved: 'lines' | 'off';
  readonly dates: Dates;
}

export function createAutoPoster(parts: AutoPosterParts): Poster {
  return createPoster(parts, (job) => postNewLines(parts, job));
}

async function postNewLines(parts: AutoPosterParts, job: Job): Promise<DeliveryResult> {
  const { subject } = job.leased;
  const channel = subject === 'default' ? undefined : slackChannelId.safeParse(subject).data;
  const isKnown = subject === 'default' || channel !== undefined;
  if (parts.autoApproved === 'off' || !isKnown) return SENT;
  return postLines(parts, job, channel);
}

function postLines(
  parts: AutoPosterParts,
  job: Job,
  channel: string | undefined,
): Promise<DeliveryResult> {
  const { autoApprovals, dates } = parts;
  let posted: UnsentAutoApprovals['approvals'] = [];
  return post(parts, job.signal, {
    channel,
    async compose() {
      // Read at the channel's turn: more requests may have been auto-approved since.
      const unsent = await autoApprovals.unsent(channel, LINES_MAX);
      posted = unsent.approvals;
      return unsent.count === 0 ? undefined : dated(dates, autoApprovedLines(unsent));
    },
    remember: (place) => autoApprovals.markSent(channel, placed(posted, job.teamId, place)),
  });
}

const placed = (
  approvals: UnsentAutoApprovals['approvals'],
  teamId: string,
  place: Place,
): readonly PostedCard[] => approvals.map(({ id }) => ({ ...place, approval: id, teamId }));
