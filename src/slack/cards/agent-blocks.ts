/** The agent's own words: last, marked as unverified, and unable to look like anything of ours. */

import type { KnownBlock } from '@slack/types';
import { cleanText, quoted } from '../../domain/untrusted-text.js';
import { clip } from '../format/clip.js';
import { context, plain, plainSection } from '../format/text-objects.js';

const SHOWN = { lines: 8, characters: 500 };
const CLIENT_SHOWN = 80;

export interface AgentWords {
  readonly reason: string;
  readonly claimedClient?: string | undefined;
}

/** Begins with a divider: everything above it is ours. */
export function agentBlocks({ reason, claimedClient }: AgentWords): KnownBlock[] {
  const { text, left, suspicious } = quoted(reason, SHOWN);
  const client = cleanText(claimedClient ?? '');
  return [
    ...unverified(suspicious || client.suspicious),
    plainSection(reason.trim() === '' ? '(no reason given)' : text),
    ...(left > 0 ? [context(`(${left} characters more: press Details)`)] : []),
    ...claim(client.text),
  ];
}

/** The line between what vsecure knows and what it was told. */
export function unverified(suspicious: boolean): KnownBlock[] {
  const warning = suspicious ? ' · *contains hidden characters*' : '';
  return [{ type: 'divider' }, context(`*Unverified*: written by the AI tool${warning}`)];
}

export function claim(client: string): KnownBlock[] {
  if (client.trim() === '') return [];
  const text = clip(client.replaceAll('\n', ' '), CLIENT_SHOWN);
  return [{ type: 'context', elements: [plain(`It says it is: ${text}`)] }];
}
