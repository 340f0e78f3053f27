/** The agent's own words: below the facts, marked as unverified, and unable to imitate text of vsecure. */

import type { KnownBlock } from '@slack/types';
import { cleanText, type Quotation, quoted } from '../../domain/untrusted-text.js';
import { clip } from '../format/clip.js';
import { context, plain, plainSection } from '../format/text-objects.js';

const REASON_LIMIT = { lines: 8, characters: 500 };
const CLIENT_LIMIT = 80;

export interface AgentWords {
  readonly reason: string;
  readonly updatedReason?: string | undefined;
  readonly claimedClient?: string | undefined;
}

/** Begins with a divider: everything above it comes from vsecure. */
export function agentBlocks({ reason, updatedReason, claimedClient }: AgentWords): KnownBlock[] {
  const updated = updatedReason === undefined ? undefined : quoted(updatedReason, REASON_LIMIT);
  const first = quoted(reason, REASON_LIMIT);
  const client = cleanText(claimedClient ?? '');
  return [
    ...unverifiedNotice([first, updated, client].some((words) => words?.suspicious)),
    ...(reason.trim() === '' ? [plainSection('(no reason given)')] : wordBlocks(first)),
    ...(updated ? [UPDATED, ...wordBlocks(updated)] : []),
    ...clientBlock(client.text),
  ];
}

/** Above a reason that the AI tool added while the request was pending. */
export const UPDATED = context('*Updated* reason');

const wordBlocks = ({ text, left }: Quotation): KnownBlock[] => [
  plainSection(text),
  ...(left > 0 ? [context(`(${moreCharacters(left)} in Details)`)] : []),
];

const moreCharacters = (left: number): string =>
  left === 1 ? '1 more character' : `${left.toLocaleString('en-US')} more characters`;

/** Separates what vsecure knows from what the agent wrote. */
export function unverifiedNotice(suspicious: boolean): KnownBlock[] {
  const warning = suspicious ? ' · *contains hidden characters*' : '';
  return [{ type: 'divider' }, context(`*Unverified*: written by the AI tool${warning}`)];
}

/** The name that the client gives itself. */
export function clientBlock(client: string): KnownBlock[] {
  if (client.trim() === '') return [];
  const text = clip(client.replaceAll('\n', ' '), CLIENT_LIMIT);
  return [{ type: 'context', elements: [plain(`Client (self-reported): ${text}`)] }];
}
