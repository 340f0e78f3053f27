/** The fixed words of a card. Nothing here holds a word of an agent's. */

import type { Approval } from '../../domain/approval.js';
import type { Grant } from '../../domain/grant.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clipMiddle } from '../format/clip.js';
import { escaped } from '../format/text-objects.js';

const CONSEQUENCE: Record<Operation, { readonly one: string; readonly many: string }> = {
  list: {
    one: 'the AI tool sees its name and dates, not the value.',
    many: 'the AI tool sees names and dates, not values.',
  },
  read: { one: 'the AI tool will see the value.', many: 'the AI tool will see the values.' },
  write: {
    one: 'the AI tool may create, change or rotate it. It is not shown the value.',
    many: 'the AI tool may create, change or rotate them. It is not shown the values.',
  },
  delete: { one: 'the AI tool may delete it.', many: 'the AI tool may delete them.' },
};

/** What an approval brings about, said before anybody presses. */
export function consequence({ operation, resources }: Approval): string {
  const many = resources.length > 1 || resources.some((resource) => resource.includes('*'));
  return `If approved, ${CONSEQUENCE[operation][many ? 'many' : 'one']}`;
}

type Standing = Approval['status'] | 'revoked';

/** An approval whose grant was revoked is shown as revoked. */
function standingOf({ approval, grant }: CardFacts): Standing {
  return grant?.status === 'revoked' ? 'revoked' : approval.status;
}

const STANDING: Record<Standing, string> = {
  pending: 'Approval needed',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  cancelled: 'Withdrawn',
  revoked: 'Revoked',
};

const USED: Record<Operation, string> = {
  list: 'looked at',
  read: 'read',
  write: 'used',
  delete: 'used',
};

/** How often a grant was used, in the word for what it permits: `read 3 times`. */
export function timesUsed(operation: Operation, uses: number): string {
  if (uses === 0) return `never ${USED[operation]}`;
  return `${USED[operation]} ${uses === 1 ? 'once' : `${uses} times`}`;
}

/** How a grant that ended before its time ended. */
export const GRANT_END: Partial<Record<Grant['status'], string>> = {
  revoked: 'Access was revoked.',
  released: 'The AI tool gave the access back early.',
  used_up: 'All permitted reads were used.',
};

/** Room in a header, which holds 150 characters. */
const HEADLINE_RESOURCE = 100;

/** How many resources it is about: `5`, or `2 of 5` where an approver granted fewer than were asked for. */
export function howMany(approval: Approval): string {
  const asked = approval.resources.length;
  const granted = approval.status === 'approved' ? approval.grantedResources.length : asked;
  return granted < asked ? `${granted} of ${asked}` : String(asked);
}

/** The header: how it stands, what is done, and to what. Plain text. */
export function headline(facts: CardFacts): string {
  const { operation, resources } = facts.approval;
  const [first = '', ...more] = resources;
  const what =
    more.length > 0
      ? `${howMany(facts.approval)} resources`
      : clipMiddle(first.replace(/^vsecure:\/\/(secrets\/)?/, ''), HEADLINE_RESOURCE);
  return `${STANDING[standingOf(facts)]} · ${operation.toUpperCase()} ${what}`;
}

/** What a locked phone and a screen reader show: who wants what kind of thing, and neither its name nor the agent's words. */
export function fallbackText(facts: CardFacts): string {
  const { operation, requester, resources } = facts.approval;
  const what = resources.length > 1 ? `${resources.length} resources` : 'one resource';
  return `${STANDING[standingOf(facts)]}: ${escaped(requester.name)} asks to ${operation} ${what}.`;
}
