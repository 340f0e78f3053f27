/** The outcome of a request: who decided, when and why, what was granted, and how the access ended. */

import type { KnownBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { spellDuration } from '../../domain/duration.js';
import type { Grant } from '../../domain/grant.js';
import { excerpt } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { shortName } from '../format/resource-names.js';
import {
  ago,
  code,
  moment,
  open,
  plainSection,
  section,
  unbroken,
} from '../format/text-objects.js';
import { enderName, settlerName } from './mentions.js';
import { accessEnd, capitalized, counted, grantUses, isLess } from './wording.js';

/** Columns: enough for a sentence; the audit trail holds the whole text. */
const REASON_LIMIT = 300;
/** Names of resources that were not granted. */
const NAMED_MAX = 3;

/** Empty while the request is pending. */
export function outcomeBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, grant } = facts;
  if (approval.status === 'pending') return [];
  const revoked = grant?.status === 'revoked';
  const lines = revoked
    ? revocation(facts, grant, teamId)
    : [
        sentence(facts, approval, settlerName(facts, teamId)),
        ...(grant ? [useOf(grant)] : []),
        ...lessThanAsked(approval),
      ];
  const why = revoked ? grant.endReason : approval.decisionReason;
  return [open(section(lines.join('\n'))), ...reason(why)];
}

function sentence(
  { grant }: CardFacts,
  approval: Exclude<Approval, { status: 'pending' }>,
  who?: string,
): string {
  const when = ago(approval.settledAt);
  const by = who ? `By ${who} ${when}.` : `${capitalized(when)}.`;
  switch (approval.status) {
    case 'approved': {
      const how = who ? by : `By the policy ${when}.`;
      return grant ? `${how} ${accessEnd(grant, moment)}` : how;
    }
    case 'denied':
      return approval.sentBack
        ? `${by} Not final: the AI tool may ask again at once, with more.`
        : `${by} Final: the AI tool must not repeat this.`;
    case 'expired':
      return `No decision before ${moment(approval.expiresAt)}. Not a denial: the AI tool may ask again.`;
    case 'cancelled':
      return approval.decisionReason
        ? `Withdrawn${who ? ` by ${who}` : ''} ${when}.`
        : `The AI tool or the owner of its key withdrew it ${when}.`;
  }
}

/** The card is drawn again at the first use and at the end, so an active grant's number of uses would soon be wrong. */
function useOf(grant: Grant): string {
  if (grant.status !== 'active') return `${capitalized(grantUses(grant))}.${whatStaysKnown(grant)}`;
  if (grant.uses === 0) return 'Not used yet.';
  return `*Used:* Details say how often.${whatStaysKnown(grant)}`;
}

/** No end of an access takes back what it showed. */
const whatStaysKnown = ({ operation, uses }: Grant): string =>
  operation === 'read' && uses > 0 ? ' What the AI tool has read stays known to it.' : '';

function lessThanAsked(approval: Approval): string[] {
  if (approval.status !== 'approved' || !isLess(approval)) return [];
  const { granted, duration, grantedResources, resources } = approval;
  const refused = resources.filter((resource) => !grantedResources.includes(resource));
  const parts = [
    ...(refused.length > 0 ? [counted(grantedResources, resources.length)] : []),
    ...(granted < duration
      ? [unbroken(`${spellDuration(granted)} of ${spellDuration(duration)}`)]
      : []),
  ];
  const names = refused.slice(0, NAMED_MAX).map((resource) => code(shortName(resource)));
  const more = refused.length - names.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  const missing = names.length > 0 ? ` Not granted: ${names.join(', ')}${rest}.` : '';
  return [`*Less than asked:* ${parts.join(', ')}.${missing}`];
}

function revocation(facts: CardFacts, grant: Grant, teamId: string): string[] {
  const { approval } = facts;
  const by = enderName(facts, teamId);
  const when = ago(grant.endedAt ?? grant.endsAt);
  const first = `${by ? `By ${by}` : 'The access was ended'} ${when}. ${hadApproved(facts, teamId)}`;
  if (approval.status !== 'approved') return [first];
  return [first, `*${capitalized(grantUses(grant))} before that.*${aftermath(grant)}`];
}

function hadApproved(facts: CardFacts, teamId: string): string {
  if (facts.approval.status === 'pending') return '';
  const who = settlerName(facts, teamId) ?? 'The policy';
  return `${who} had approved it ${ago(facts.approval.settledAt)}.`;
}

function aftermath(grant: Grant): string {
  const known = whatStaysKnown(grant);
  return known && `${known} Rotate the value if in doubt.`;
}

/** The words of a person, as plain text and quoted. */
function reason(text: string | undefined): KnownBlock[] {
  if (!text?.trim()) return [];
  return [open(plainSection(`Why: “${excerpt(text, REASON_LIMIT).text}”`))];
}
