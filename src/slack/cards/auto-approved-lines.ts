/** Quiet lines about what no person had to decide: several in one message, nobody mentioned, nothing to decide. */

import type { KnownBlock } from '@slack/types';
import type { Approved } from '../../domain/approval.js';
import { formatDuration } from '../../domain/duration.js';
import { visibleText } from '../../domain/untrusted-text.js';
import type { UnsentAutoApprovals } from '../../ports/index.js';
import { toButtonValue } from '../format/action-ids.js';
import { clip, clipMiddle } from '../format/clip.js';
import { code, context, escaped, moment, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { button } from './buttons.js';

/** So many fit into the 13,000 characters that all blocks of a message may have. */
export const LINES_MAX = 12;
const RESOURCE_SHOWN = 100;
const REPORT_SHOWN = 100;

/** The newest `LINES_MAX` at most; the rest is counted. */
export function autoApprovedLines({
  approvals,
  count,
}: Pick<UnsentAutoApprovals, 'approvals' | 'count'>): Card {
  const more = count - approvals.length;
  return {
    text: fallbackText(approvals, count),
    blocks: [
      context('*Granted by a policy*: nobody had to decide'),
      ...approvals.map(line),
      ...(more > 0 ? [context(`and ${more} more: ${code('vsecure mcp:approvals')}`)] : []),
    ],
  };
}

function line(approval: Approved): KnownBlock {
  const { id, digest, requester, operation, resources, granted, settledAt, autoReport } = approval;
  const [first = '', ...others] = resources;
  const path = clipMiddle(first.replace(/^vsecure:\/\/(secrets\/)?/, ''), RESOURCE_SHOWN);
  const what = others.length > 0 ? `${code(path)} and ${others.length} more` : code(path);
  const until = new Date(settledAt.getTime() + granted);
  const text = `${code(requester.name)} may ${operation} ${what} for ${formatDuration(granted)}, until ${moment(until)}`;
  const details = button(
    'details',
    'Details…',
    'Show this request, and end its access',
    toButtonValue({ approval: id, seen: digest }),
  );
  return { ...section(text + why(autoReport)), accessory: details };
}

/** The conditions that held. They may hold names out of a policy. */
function why(report = ''): string {
  const held = visibleText(report.replace(/^auto-approved: /, '')).text.replaceAll('\n', ' ');
  return held === '' ? '' : `: ${code(clip(held, REPORT_SHOWN))}`;
}

/** What a locked phone shows: neither the names of resources nor anything that an agent wrote. */
function fallbackText([first, ...others]: readonly Approved[], count: number): string {
  if (!first || others.length > 0) return `A policy granted ${count} requests.`;
  return `A policy granted a request: ${escaped(first.requester.name)} may ${first.operation}.`;
}
