/** One direct message about many events on a person's keys: counts for each key, the newest events in full, and *Not me* for each key. */

import type { KnownBlock } from '@slack/types';
import type { Principal } from '../../domain/principal.js';
import type { DirectMessage, DirectMessageKind } from '../../ports/index.js';
import type { DirectMessageFacts } from '../../usecases/notifications/direct-messages.js';
import { clipMiddle } from '../format/clip.js';
import { code, context, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { notMeButton } from './not-me-button.js';
import { STATUS_WORD } from './wording.js';

/** Keys that get a section of their own. */
const KEYS_LIMIT = 10;
const RESOURCE_LIMIT = 120;

export interface DigestFacts {
  readonly messages: readonly DirectMessage[];
  /** The keys that the messages are about. */
  readonly principals: readonly Principal[];
  /** The newest messages, in full. */
  readonly newest: readonly DirectMessageFacts[];
}

export function directDigest({ messages, principals, newest }: DigestFacts): Card {
  const headline = `${messages.length} events on your API keys`;
  const more = principals.length - KEYS_LIMIT;
  return {
    text: headline,
    blocks: [
      section(`*${headline}*`),
      ...principals.slice(0, KEYS_LIMIT).map((principal) => keySection(principal, messages)),
      ...(more > 0 ? [context(`and ${more} more keys: ${code('vsecure keys:list')}`)] : []),
      section(['*Newest*', ...newest.map(line)].join('\n')),
      context(`Full list: ${code('vsecure mcp:approvals')} and ${code('vsecure mcp:audit')}`),
    ],
  };
}

function keySection(principal: Principal, messages: readonly DirectMessage[]): KnownBlock {
  const ofKey = messages.filter((message) => message.principal === principal.id);
  const counts = (Object.keys(COUNTED) as (keyof typeof COUNTED)[])
    .map((kind) => ({ kind, count: ofKey.filter((message) => message.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${COUNTED[kind][count === 1 ? 0 : 1]}`);
  const text = `${code(principal.name)}: ${counts.join(', ')}`;
  if (principal.suspendedAt) return section(`${text}. This key is suspended.`);
  return { ...section(text), accessory: notMeButton(principal) };
}

const COUNTED = {
  asked: ['request', 'requests'],
  settled: ['outcome', 'outcomes'],
  first_use: ['first use', 'first uses'],
} as const satisfies Partial<Record<DirectMessageKind, readonly [string, string]>>;

const EVENT: Record<DirectMessageKind, string> = {
  asked: 'requested',
  settled: 'outcome',
  first_use: 'first use',
  suspended: 'suspended',
};

function line({ message, principal, request }: DirectMessageFacts): string {
  if (!request) return `• ${EVENT[message.kind]} · ${code(principal.name)}`;
  const { operation, resources, status } = request.approval;
  const [first = '', ...more] = resources;
  const named = code(clipMiddle(first, RESOURCE_LIMIT));
  const what = more.length > 0 ? `${named} and ${more.length} more` : named;
  const event = message.kind === 'settled' ? STATUS_WORD[status] : EVENT[message.kind];
  return `• ${event} · ${operation} ${what}`;
}
