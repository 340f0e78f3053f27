/** What anybody asked of these resources before, one line each. */

import type { KnownBlock } from '@slack/types';
import type { ApprovalStatus } from '../../domain/vocabulary.js';
import type { PastRequest } from '../../ports/index.js';
import { emailName } from '../cards/mentions.js';
import { timesUsed } from '../cards/wording.js';
import { packLines } from '../format/clip.js';
import { code, context, moment, section } from '../format/text-objects.js';

/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;

/** Undefined: not for whoever looks. */
export function historyBlocks(past: readonly PastRequest[] | undefined): KnownBlock[] {
  if (!past) return [context('What was asked of these resources before is for their approvers.')];
  if (past.length === 0)
    return [section('*Before*\nNo other request for these resources that you may see.')];
  return packLines(['*Before*', ...past.map(line)], SECTION_ROOM).map(section);
}

const ENDED: Record<ApprovalStatus, string> = {
  pending: 'still open',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'withdrawn',
};

function line(request: PastRequest): string {
  const { requester, operation, createdAt, status, settledBy, uses } = request;
  const by = settledBy === undefined ? '' : ` by ${emailName(settledBy)}`;
  const how = status === 'approved' && !settledBy ? 'granted by the policy' : ENDED[status] + by;
  const used = uses === undefined ? '' : `, ${timesUsed(operation, uses)}`;
  return `${moment(createdAt)}: ${code(requester)} to ${operation}, ${how}${used}`;
}
