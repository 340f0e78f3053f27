/** Quiet lines about auto-approved requests: several in one message, without mentions and without decision buttons. */

import type { KnownBlock } from '@slack/types';
import type { Approved } from '../../domain/approval.js';
import { spellDuration } from '../../domain/duration.js';
import { visibleText } from '../../domain/untrusted-text.js';
import type { UnsentAutoApprovals } from '../../ports/index.js';
import { toButtonValue } from '../format/action-ids.js';
import { clip, clipMiddle } from '../format/clip.js';
import { code, context, escaped, moment, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { detailsButton } from './buttons.js';

/** The 13,000 characters that all blocks of a message may have hold this many lines. */
export const LINES_MAX = 12;
const RESOURCE_LIMIT = 100;
const REPORT_LIMIT = 100;

/** The newest `LINES_MAX` at most, and the number of the others. */
export function autoApprovedLines({
  approvals,
  count,
}: Pick<UnsentAutoApprovals, 'approvals' | 'count'>): Card {
  const more = count - approvals.length;
  return {
    text: fallbackText(approvals, count),
    blocks: [
      context('*Auto-approved by a policy*: nothing to decide'),
      ...approvals.map(line),
      ...(more > 0 ? [context(`and ${more} more: ${code('vsecure mcp:approvals')}`)] : []),
    ],
  };
}

function line(approval: Approved): KnownBlock {
  const { id, digest, requester, operation, resources, granted, settledAt, autoReport } = approval;
  const [first = '', ...others] = resources;
  const path = clipMiddle(first.replace(/^vsecure:\/\/(secrets\/)?/, ''), RESOURCE_LIMIT);
  const what = others.length > 0 ? `${code(path)} and ${others.length} more` : code(path);
  const until = new Date(settledAt.getTime() + granted);
  const text = `${code(requester.name)} may ${operation} ${what} for ${spellDuration(granted)}. Ends ${moment(until)}`;
  const details = detailsButton(
    toButtonValue({ approval: id, seen: digest }),
    'Show this request, and end its access',
  );
  return { ...section(text + conditionsMet(autoReport)), accessory: details };
}

/** The policy's conditions that were met. They may contain names from the policy. */
function conditionsMet(report = ''): string {
  const met = visibleText(report.replace(/^auto-approved: /, '')).text.replaceAll('\n', ' ');
  return met === '' ? '' : `: ${code(clip(met, REPORT_LIMIT))}`;
}

/** What a locked phone shows: neither the names of resources nor text of an agent. */
function fallbackText([first, ...others]: readonly Approved[], count: number): string {
  if (!first || others.length > 0) return `A policy auto-approved ${count} requests.`;
  return `A policy auto-approved a request: ${escaped(first.requester.name)} may ${first.operation}.`;
}
