/** Earlier requests for these resources, one line each. */

import type { KnownBlock } from '@slack/types';
import type { PastRequest } from '../../ports/index.js';
import { emailName } from '../cards/mentions.js';
import { statusWord, timesUsed } from '../cards/wording.js';
import { packLines } from '../format/clip.js';
import { code, context, moment, section } from '../format/text-objects.js';

/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;

/** `past` is undefined when the viewer may not see it. */
export function historyBlocks(past: readonly PastRequest[] | undefined): KnownBlock[] {
  if (!past)
    return [context('Only approvers of these resources can see earlier requests for them.')];
  if (past.length === 0)
    return [section('*Earlier requests*\nNone for these resources that you can see.')];
  return packLines(['*Earlier requests*', ...past.map(line)], SECTION_ROOM).map(section);
}

function line(request: PastRequest): string {
  const { requester, operation, createdAt, status, settledBy, sentBack, uses } = request;
  const by = settledBy === undefined ? '' : ` by ${emailName(settledBy)}`;
  const outcome =
    status === 'approved' && !settledBy ? 'auto-approved' : statusWord({ status, sentBack }) + by;
  const used = uses === undefined ? '' : `, ${timesUsed(uses)}`;
  return `${moment(createdAt)}: ${code(requester)} asked to ${operation}, ${outcome}${used}`;
}
