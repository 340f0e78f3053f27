/** The fixed words of a card. No agent's text is in them. */

import type { Approval } from '../../domain/approval.js';
import { spellDuration } from '../../domain/duration.js';
import type { Grant } from '../../domain/grant.js';
import type { ApprovalStatus, EntryPoint, Operation } from '../../domain/vocabulary.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clipMiddle } from '../format/clip.js';
import { escaped } from '../format/text-objects.js';

const CONSEQUENCE: Record<Operation, { readonly one: string; readonly many: string }> = {
  list: { one: 'see its name and dates, not the value', many: 'see names and dates, not values' },
  read: { one: 'see the value', many: 'see the values' },
  write: {
    one: 'create, change or rotate it, without seeing the value',
    many: 'create, change or rotate them, without seeing the values',
  },
  delete: { one: 'delete it for good', many: 'delete them for good' },
};

/** What an approval permits, shown before the approver decides. */
export function consequence({ operation, resources, duration }: Approval): string {
  const many = resources.length > 1 || resources.some((resource) => resource.includes('*'));
  const permits = CONSEQUENCE[operation][many ? 'many' : 'one'];
  return `*If approved*, the AI tool can ${permits}, for ${spellDuration(duration)} or less.`;
}

const ELSEWHERE: Record<Exclude<EntryPoint, 'slack'>, string> = {
  dashboard: 'in the dashboard',
  api: 'with the CLI, the SDK or the REST API',
  cli: 'with the CLI, the SDK or the REST API',
};

/** Where to decide a request whose policy accepts no decision from Slack. */
export function decideElsewhere(decideFrom: readonly EntryPoint[]): string {
  const places = decideFrom.flatMap((entry) => (entry === 'slack' ? [] : [ELSEWHERE[entry]]));
  return `Decide this ${[...new Set(places)].join(' or ')}.`;
}

type DisplayedStatus = ApprovalStatus | 'revoked';

/** An approval whose grant was revoked is displayed as revoked. */
function statusOf({ approval, grant }: CardFacts): DisplayedStatus {
  return grant?.status === 'revoked' ? 'revoked' : approval.status;
}

/** The status of a request within a sentence. */
export const STATUS_WORD: Record<ApprovalStatus, string> = {
  pending: 'pending',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'withdrawn',
};

const STATUS: Record<DisplayedStatus, string> = {
  pending: 'Approval needed',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  cancelled: 'Withdrawn',
  revoked: 'Revoked',
};

const USED: Record<Operation, string> = {
  list: 'viewed',
  read: 'read',
  write: 'used',
  delete: 'used',
};

/** How often a grant was used, in the word for what it permits: `read 3 times`. */
export function timesUsed(operation: Operation, uses: number): string {
  if (uses === 0) return `never ${USED[operation]}`;
  return `${USED[operation]} ${uses === 1 ? 'once' : `${uses} times`}`;
}

/** How a grant ended before its time. */
export const GRANT_END: Partial<Record<Grant['status'], string>> = {
  revoked: 'The access was revoked.',
  released: 'The AI tool gave the access back early.',
  used_up: 'All permitted reads were used.',
};

/** Room for the resource in a header, which holds 150 characters. */
const HEADLINE_RESOURCE = 100;

/** The number of resources: `5`, or `2 of 5` where an approver granted fewer than requested. */
export function resourceCount(approval: Approval): string {
  const requested = approval.resources.length;
  const granted = approval.status === 'approved' ? approval.grantedResources.length : requested;
  return granted < requested ? `${granted} of ${requested}` : String(requested);
}

/** The header: status, operation and resource. Plain text. */
export function headline(facts: CardFacts): string {
  const { operation, resources } = facts.approval;
  const [first = '', ...more] = resources;
  const what =
    more.length > 0
      ? `${resourceCount(facts.approval)} resources`
      : clipMiddle(first.replace(/^vsecure:\/\/(secrets\/)?/, ''), HEADLINE_RESOURCE);
  return `${STATUS[statusOf(facts)]} · ${operation.toUpperCase()} ${what}`;
}

/** What a locked phone and a screen reader show: the key and the operation, without a resource's name or the agent's words. */
export function fallbackText(facts: CardFacts): string {
  const { operation, requester, resources, status } = facts.approval;
  const what = resources.length > 1 ? `${resources.length} resources` : 'one resource';
  const asks = status === 'pending' ? 'asks' : 'asked';
  return `${STATUS[statusOf(facts)]}: ${escaped(requester.name)} ${asks} to ${operation} ${what}.`;
}

export const capitalized = (text: string): string =>
  text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
