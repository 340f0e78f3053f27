/** The message that many requests share: how many wait, for whom, until when. It decides nothing; *Review…* opens the list. */

import type { Button, KnownBlock } from '@slack/types';
import type { DigestCardItem } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { DIGEST } from '../format/action-ids.js';
import { code, context, moment, plain, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { approverNames } from './mentions.js';

export interface DigestFacts {
  readonly items: readonly DigestCardItem[];
  /** One open request under each policy: it says who may decide. */
  readonly facts: readonly CardFacts[];
  readonly teamId: string;
  /** In every block_id: Slack wants new ones for each iteration of a message. */
  readonly revision: number;
}

export function digestMessage(digest: DigestFacts): Card {
  const blocks = digest.items.some(isPending) ? waiting(digest) : over(digest.items);
  return {
    text: headline(digest.items),
    blocks: blocks.map((block, index) => ({ ...block, block_id: `d${digest.revision}.${index}` })),
  };
}

export const isPending = ({ status }: DigestCardItem): boolean => status === 'pending';

function waiting({ items, facts, teamId }: DigestFacts): KnownBlock[] {
  const pending = items.filter(isPending);
  const soonest = new Date(Math.min(...pending.map(({ expiresAt }) => expiresAt.getTime())));
  const names = [...new Set(facts.map((one) => approverNames(one, teamId)))];
  return [
    { type: 'header', text: plain(headline(items)) },
    section(`${byKey(pending)}\n*The first must be decided before*\n${moment(soonest)}`),
    ...(names.length > 0 ? [section(`*May decide*\n${names.join(' · ')}`)] : []),
    { type: 'actions', elements: [REVIEW] },
    context(footnote(items)),
  ];
}

const over = (items: readonly DigestCardItem[]): KnownBlock[] => [
  { type: 'header', text: plain(headline(items)) },
  context(outcomes(items)),
];

const REVIEW: Button = {
  type: 'button',
  action_id: DIGEST.review,
  text: plain('Review…'),
  accessibility_label: 'Open the list of requests and decide them one by one',
  style: 'primary',
};

/** Plain text; also what a locked phone shows. */
function headline(items: readonly DigestCardItem[]): string {
  const left = items.filter(isPending).length;
  if (left === 0) return `All ${items.length} requests are decided`;
  const ofAll =
    left < items.length ? `${left} of ${items.length} requests wait` : `${left} requests wait`;
  return left === 1 && items.length === 1 ? '1 request waits' : ofAll;
}

const KEYS_SHOWN = 5;

function byKey(pending: readonly DigestCardItem[]): string {
  const counts = new Map<string, number>();
  for (const { requester } of pending) counts.set(requester, (counts.get(requester) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a);
  const shown = most.slice(0, KEYS_SHOWN).map(([key, count]) => `${count} of key ${code(key)}`);
  const more = most.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and of ${more} more keys` : ''}`;
}

function footnote(items: readonly DigestCardItem[]): string {
  const many = 'So many came at once that they share one message; each is decided by itself.';
  return items.every(isPending) ? many : `${many} So far: ${outcomes(items)}`;
}

const WORDS = {
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'withdrawn',
} as const;

function outcomes(items: readonly DigestCardItem[]): string {
  const told = Object.entries(WORDS).flatMap(([status, word]) => {
    const count = items.filter((item) => item.status === status).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return told.join(', ');
}
