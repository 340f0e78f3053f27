/** How a request ended: what, who, when, why, and until when the access holds. */

import type { KnownBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { formatDuration } from '../../domain/duration.js';
import { quoted } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { moment, plainSection, section } from '../format/text-objects.js';
import { settlerName } from './mentions.js';
import { GRANT_END, howMany } from './wording.js';

/** Enough for a sentence; the whole of it is on the audit trail. */
const REASON_SHOWN = { lines: 4, characters: 300 };

/** Empty while nothing is decided. */
export function outcomeBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, grant } = facts;
  if (approval.status === 'pending') return [];
  return [
    section([sentence(approval, settlerName(facts, teamId)), ...access(facts)].join('\n')),
    ...reason('Reason', approval.decisionReason),
    ...reason('Reason for the end', grant?.endReason),
  ];
}

function sentence(approval: Exclude<Approval, { status: 'pending' }>, who?: string): string {
  const by = who ? ` by ${who}` : '';
  const when = moment(approval.settledAt);
  switch (approval.status) {
    case 'approved':
      return who ? `*Approved*${by}, ${when}` : `*Granted by the policy*, ${when}`;
    case 'denied':
      return `*Denied*${by}, ${when}`;
    case 'expired':
      return `*Expired*, ${when}. Nobody decided in time; it was not denied and can be asked again.`;
    case 'cancelled':
      return `*Withdrawn*${by}, ${when}`;
  }
}

function access({ approval, grant }: CardFacts): string[] {
  if (approval.status !== 'approved') return [];
  const { granted, duration, grantedResources, resources } = approval;
  const shorter = granted < duration ? ` (${formatDuration(duration)} asked)` : '';
  const until = grant ? `, until ${moment(grant.endsAt)}` : '';
  const early = grant && GRANT_END[grant.status];
  const narrowed = grantedResources.length < resources.length;
  const what = narrowed ? `Access to ${howMany(approval)} resources` : 'Access';
  return [`${what} for ${formatDuration(granted)}${shorter}${until}.`, ...(early ? [early] : [])];
}

function reason(label: string, text: string | undefined): KnownBlock[] {
  if (!text?.trim()) return [];
  const { text: quotation, left } = quoted(text, REASON_SHOWN);
  return [plainSection(`${label}:\n${quotation}${left > 0 ? ' …' : ''}`)];
}
