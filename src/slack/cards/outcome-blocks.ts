/** The outcome of a request: the decision, who decided, when and why, and when the access ends. */

import type { KnownBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { spellDuration } from '../../domain/duration.js';
import { quoted } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { moment, plainSection, section } from '../format/text-objects.js';
import { settlerName } from './mentions.js';
import { GRANT_END, resourceCount } from './wording.js';

/** Enough for a sentence; the audit trail holds the whole text. */
const REASON_LIMIT = { lines: 4, characters: 300 };

/** Empty while the request is pending. */
export function outcomeBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, grant } = facts;
  if (approval.status === 'pending') return [];
  return [
    section([sentence(approval, settlerName(facts, teamId)), ...access(facts)].join('\n')),
    ...reason('Reason', approval.decisionReason),
    ...reason('Why the access ended', grant?.endReason),
  ];
}

function sentence(approval: Exclude<Approval, { status: 'pending' }>, who?: string): string {
  const by = who ? ` by ${who}` : '';
  const when = moment(approval.settledAt);
  switch (approval.status) {
    case 'approved':
      return who ? `*Approved*${by}, ${when}` : `*Auto-approved by the policy*, ${when}`;
    case 'denied':
      return `*Denied*${by}, ${when}`;
    case 'expired':
      return `*Expired*, ${when}. No approver decided in time. Not a denial: the AI tool may ask again.`;
    case 'cancelled':
      return `*Withdrawn*${by}, ${when}`;
  }
}

function access({ approval, grant }: CardFacts): string[] {
  if (approval.status !== 'approved') return [];
  const { granted, duration, grantedResources, resources } = approval;
  const shorter = granted < duration ? ` (${spellDuration(duration)} requested)` : '';
  const until = grant ? `, until ${moment(grant.endsAt)}` : '';
  const early = grant && GRANT_END[grant.status];
  const narrowed = grantedResources.length < resources.length;
  const what = narrowed ? `Access to ${resourceCount(approval)} resources` : 'Access';
  return [`${what} for ${spellDuration(granted)}${shorter}${until}.`, ...(early ? [early] : [])];
}

function reason(label: string, text: string | undefined): KnownBlock[] {
  if (!text?.trim()) return [];
  const { text: quotation, left } = quoted(text, REASON_LIMIT);
  return [plainSection(`${label}:\n${quotation}${left > 0 ? ' …' : ''}`)];
}
