/** One message for many requests: how many are waiting, who decides them and when the first expires. *Review…* opens the list. */

import type { Button, KnownBlock } from '@slack/types';
import type { DigestCardItem } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { DIGEST } from '../format/action-ids.js';
import { code, context, moment, plain, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { approversLine } from './mentions.js';
import { STATUS_WORD } from './wording.js';

export interface DigestFacts {
  readonly items: readonly DigestCardItem[];
  /** One open request for each policy: it names the approvers. */
  readonly facts: readonly CardFacts[];
  readonly teamId: string;
  /** Part of every block_id: Slack wants new ones for each iteration of a message. */
  readonly revision: number;
}

export function digestMessage(digest: DigestFacts): Card {
  const blocks = digest.items.some(isPending) ? pendingBlocks(digest) : closedBlocks(digest.items);
  return {
    text: headline(digest.items),
    blocks: blocks.map((block, index) => ({ ...block, block_id: `d${digest.revision}.${index}` })),
  };
}

export const isPending = ({ status }: DigestCardItem): boolean => status === 'pending';

function pendingBlocks({ items, facts, teamId }: DigestFacts): KnownBlock[] {
  const pending = items.filter(isPending);
  const soonest = new Date(Math.min(...pending.map(({ expiresAt }) => expiresAt.getTime())));
  const names = [...new Set(facts.map((one) => approversLine(one, teamId)))];
  return [
    { type: 'header', text: plain(headline(items)) },
    section(`${countsByKey(pending)}\n*First expires*\n${moment(soonest)}`),
    ...(names.length > 0 ? [section(`*Approvers*\n${names.join(' · ')}`)] : []),
    { type: 'actions', elements: [REVIEW] },
    context(footnote(items)),
  ];
}

const closedBlocks = (items: readonly DigestCardItem[]): KnownBlock[] => [
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
  if (left === 0) return `All ${items.length} requests are closed`;
  if (left < items.length) return `${left} of ${items.length} requests waiting`;
  return left === 1 ? '1 request waiting' : `${left} requests waiting`;
}

const KEYS_LIMIT = 5;

function countsByKey(pending: readonly DigestCardItem[]): string {
  const counts = new Map<string, number>();
  for (const { requester } of pending) counts.set(requester, (counts.get(requester) ?? 0) + 1);
  const keys = [...counts].sort(([, a], [, b]) => b - a);
  const listed = keys.slice(0, KEYS_LIMIT).map(([key, count]) => `${code(key)} ${count}`);
  const more = keys.length - listed.length;
  const others = more > 0 ? `, and ${more} more` : '';
  return `*API keys*\n${listed.join(', ')}${others}`;
}

function footnote(items: readonly DigestCardItem[]): string {
  const why = 'Many requests arrived at once, so they share this message. You decide each of them.';
  return items.every(isPending) ? why : `${why} So far: ${outcomes(items)}`;
}

const OUTCOMES = ['approved', 'denied', 'expired', 'cancelled'] as const;

function outcomes(items: readonly DigestCardItem[]): string {
  const counts = OUTCOMES.flatMap((status) => {
    const count = items.filter((item) => item.status === status).length;
    return count > 0 ? [`${count} ${STATUS_WORD[status]}`] : [];
  });
  return counts.join(', ');
}
