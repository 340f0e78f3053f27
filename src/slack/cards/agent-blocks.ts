/** The agent's own words: below the facts, marked as unverified, and unable to imitate text of vsecure. */

import type { ContextBlock, KnownBlock } from '@slack/types';
import { cleanText, excerpt } from '../../domain/untrusted-text.js';
import { clip } from '../format/clip.js';
import { context, plain } from '../format/text-objects.js';

/** Two lines of grey text on a telephone; the line above them is the third. */
const COLUMNS = 115;
const NAME_COLUMNS = 30;
const CLIENT_LIMIT = 80;

export interface AgentWords {
  readonly reason: string;
  readonly updatedReason?: string | undefined;
  readonly claimedClient?: string | undefined;
}

/** One grey block of plain text, in which Slack parses nothing. No block beside it is changed by its text. */
export function agentBlocks({
  reason,
  updatedReason,
  claimedClient = '',
}: AgentWords): ContextBlock[] {
  const { text, left } = excerpt(updatedReason ?? reason, COLUMNS);
  const client = excerpt(claimedClient, NAME_COLUMNS).text;
  const from = client === '' ? '' : ` (says it is “${client}”)`;
  const words = text === '' ? '(no reason given)' : `“${text}”`;
  const more = left > 0 ? ` (${moreCharacters(left)} in Details)` : '';
  const updated = updatedReason === undefined ? '' : ' Updated: the first reason is in Details.';
  const all = `${UNVERIFIED}${from}:\n${words}${more}${updated}`;
  return [{ type: 'context', elements: [plain(all)] }];
}

/** Begins the block with the agent's words. */
export const UNVERIFIED = 'Unverified, from the AI tool';

const moreCharacters = (left: number): string =>
  left === 1 ? '1 more character' : `${left.toLocaleString('en-US')} more characters`;

/** In the details: above a reason that the AI tool added while the request was pending. */
export const UPDATED = context('*Updated* reason');

/** In the details: separates what vsecure knows from what the agent wrote in full. */
export const unverifiedNotice = (): KnownBlock[] => [
  { type: 'divider' },
  context('*Unverified*: everything below was written by the AI tool'),
];

/** The name that the client gives itself. */
export function clientBlock(claimedClient = ''): KnownBlock[] {
  const name = cleanText(claimedClient).text.replaceAll('\n', ' ').trim();
  if (name === '') return [];
  const text = `Client (self-reported): ${clip(name, CLIENT_LIMIT)}`;
  return [{ type: 'context', elements: [plain(text)] }];
}
