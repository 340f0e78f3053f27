/** Many things that were done with somebody's keys, in one message: how often what, the newest of them by name, and *Not me* for each key. */

import type { KnownBlock } from '@slack/types';
import type { Principal } from '../../domain/principal.js';
import type { DirectMessage, DirectMessageKind } from '../../ports/index.js';
import type { DirectMessageFacts } from '../../usecases/notifications/direct-messages.js';
import { clipMiddle } from '../format/clip.js';
import { code, context, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { notMeButton } from './not-me-button.js';

/** Keys with a section of their own. */
const KEYS_SHOWN = 10;
const RESOURCE_SHOWN = 120;

export interface DigestFacts {
  readonly directMessageOutbox: readonly DirectMessage[];
  /** The keys that they are about. */
  readonly principals: readonly Principal[];
  /** The newest of them, in full. */
  readonly newest: readonly DirectMessageFacts[];
}

export function directDigest({ directMessageOutbox, principals, newest }: DigestFacts): Card {
  const headline = `${directMessageOutbox.length} things were done with your keys.`;
  const more = principals.length - KEYS_SHOWN;
  return {
    text: headline,
    blocks: [
      section(`*${headline}*`),
      ...principals
        .slice(0, KEYS_SHOWN)
        .map((principal) => keySection(principal, directMessageOutbox)),
      ...(more > 0 ? [context(`and ${more} keys more: ${code('vsecure keys:list')}`)] : []),
      section(['*The newest*', ...newest.map(line)].join('\n')),
      context(`All of it: ${code('vsecure mcp:approvals')} and ${code('vsecure mcp:audit')}`),
    ],
  };
}

function keySection(
  principal: Principal,
  directMessageOutbox: readonly DirectMessage[],
): KnownBlock {
  const ofKey = directMessageOutbox.filter((notice) => notice.principal === principal.id);
  const counts = (Object.keys(COUNTED) as (keyof typeof COUNTED)[])
    .map((kind) => ({ kind, count: ofKey.filter((notice) => notice.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${COUNTED[kind][count === 1 ? 0 : 1]}`);
  const text = `${code(principal.name)}: ${counts.join(', ')}`;
  if (principal.suspendedAt) return section(`${text}. It is suspended.`);
  return { ...section(text), accessory: notMeButton(principal) };
}

const COUNTED = {
  asked: ['request', 'requests'],
  settled: ['answer', 'answers'],
  first_use: ['first use', 'first uses'],
} as const satisfies Partial<Record<DirectMessageKind, readonly [string, string]>>;

const WORDS: Record<DirectMessageKind, string> = {
  asked: 'asked',
  settled: 'answered',
  first_use: 'used',
  suspended: 'suspended',
};

function line({ message: notice, principal, request }: DirectMessageFacts): string {
  if (!request) return `• ${WORDS[notice.kind]} · ${code(principal.name)}`;
  const { operation, resources, status } = request.approval;
  const [first = '', ...more] = resources;
  const named = code(clipMiddle(first, RESOURCE_SHOWN));
  const what = more.length > 0 ? `${named} and ${more.length} more` : named;
  const outcome = notice.kind === 'settled' ? ` (${status})` : '';
  return `• ${WORDS[notice.kind]}${outcome} · ${operation} ${what}`;
}
