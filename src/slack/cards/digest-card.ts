/** One message for many requests: the most urgent ones as rows, from which keys the others are, who decides and when. *Review…* opens the list. */

import type { Button, KnownBlock } from '@slack/types';
import type { DigestCardItem } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { DIGEST } from '../format/action-ids.js';
import { packLines } from '../format/clip.js';
import { code, context, open, plain, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { deadline } from './fact-blocks.js';
import { approversLine } from './mentions.js';
import { requestRow } from './request-row.js';
import { STATUS_WORD } from './wording.js';

export interface DigestFacts {
  readonly items: readonly DigestCardItem[];
  /** The requests that are shown as rows, the most urgent first. */
  readonly rows: readonly CardFacts[];
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

/** A section or a context holds 3,000 characters; all blocks of a message about 13,000, in which a character may take two. */
const CONTEXT_ROOM = 2900;
const ROWS_ROOM = 4000;

function pendingBlocks({ items, rows, facts, teamId }: DigestFacts): KnownBlock[] {
  const pending = items.filter(isPending);
  const shown = fitting(rows.map((row) => requestRow(row, 'Review')));
  const more = pending.length - shown.length;
  return [
    { type: 'header', text: plain(headline(items)) },
    ...shown.map((row) => open(section(row))),
    ...(more > 0 ? [section(`and ${more} more. API keys: ${countsByKey(pending)}`)] : []),
    { type: 'actions', elements: [REVIEW] },
    ...packLines(deciders(pending, facts, teamId), CONTEXT_ROOM).map(context),
    context(footnote(items)),
  ];
}

/** The first rows, as many as there is room for. */
const fitting = (rows: readonly string[]): readonly string[] =>
  rows.filter((_, place) => rows.slice(0, place + 1).join('').length <= ROWS_ROOM);

function deciders(
  pending: readonly DigestCardItem[],
  facts: readonly CardFacts[],
  teamId: string,
): readonly string[] {
  const soonest = Math.min(...pending.map(({ expiresAt }) => expiresAt.getTime()));
  const names = new Set(facts.map((one) => approversLine(one, teamId)));
  return [`The first: ${deadline({ expiresAt: new Date(soonest) })}`, ...names];
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
};

/** Plain text; also what a locked phone shows. */
function headline(items: readonly DigestCardItem[]): string {
  const left = items.filter(isPending).length;
  if (left === 0) return `All ${items.length} requests are closed`;
  if (left < items.length) return `${left} of ${items.length} requests pending`;
  return left === 1 ? '1 request pending' : `${left} requests pending`;
}

const KEYS_LIMIT = 5;

function countsByKey(pending: readonly DigestCardItem[]): string {
  const counts = new Map<string, number>();
  for (const { requester } of pending) counts.set(requester, (counts.get(requester) ?? 0) + 1);
  const keys = [...counts].sort(([, a], [, b]) => b - a);
  const listed = keys
    .slice(0, KEYS_LIMIT)
    .map(([key, count]) => `${code(key)} (${count} ${count === 1 ? 'request' : 'requests'})`);
  const more = keys.length - listed.length;
  const others = more > 0 ? `, and ${more} more keys` : '';
  return `${listed.join(', ')}${others}`;
}

function footnote(items: readonly DigestCardItem[]): string {
  const why =
    'Many requests arrived at once, so they share this message. *Review…* decides nothing: there you approve or deny each of them.';
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
