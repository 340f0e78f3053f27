/** One request in full. */

import type { KnownBlock, ModalView } from '@slack/types';
import { cleanText } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clientBlock, UPDATED, unverifiedNotice } from '../cards/agent-blocks.js';
import { revokeButton } from '../cards/buttons.js';
import { factBlocks } from '../cards/fact-blocks.js';
import { outcomeBlocks } from '../cards/outcome-blocks.js';
import { fullResourceBlocks } from '../cards/resource-blocks.js';
import { headline } from '../cards/wording.js';
import { packLines } from '../format/clip.js';
import { code, context, plain, plainSection } from '../format/text-objects.js';

const SECTION_ROOM = 2900;

/** `history` goes above the agent's words. */
export function detailsView(
  facts: CardFacts,
  teamId: string,
  history: readonly KnownBlock[] = [],
): ModalView {
  const { resources, digest, policyVersion } = facts.approval;
  const whole = resources.length > 1 ? fullResourceBlocks(facts.approval) : [];
  return {
    type: 'modal',
    title: plain('Request'),
    close: plain('Close'),
    blocks: [
      { type: 'header', text: plain(headline(facts)) },
      ...outcomeBlocks(facts, teamId),
      ...factBlocks(facts, teamId),
      ...whole,
      context(`Digest ${code(digest)} · policy version ${policyVersion}`),
      ...history,
      ...revokeBlocks(facts),
      ...allAgentWords(facts),
    ],
  };
}

function revokeBlocks({ grant }: CardFacts): KnownBlock[] {
  if (grant?.status !== 'active') return [];
  return [{ type: 'actions', elements: [revokeButton(grant.id)] }];
}

function allAgentWords({ approval }: CardFacts): KnownBlock[] {
  const { updatedReason } = approval;
  const first = cleanText(approval.reason.trim());
  const updated = updatedReason === undefined ? undefined : cleanText(updatedReason.trim());
  const client = cleanText(approval.claimedClient ?? '');
  return [
    ...unverifiedNotice([first, updated, client].some((words) => words?.suspicious)),
    ...allWords(first.text),
    ...(updated ? [UPDATED, ...allWords(updated.text)] : []),
    ...clientBlock(client.text),
  ];
}

function allWords(text: string): KnownBlock[] {
  const lines = text.split('\n').flatMap(pieces);
  return packLines(
    lines.map((line) => `│ ${line}`),
    SECTION_ROOM,
  ).map(plainSection);
}

/** Splits a line that does not fit into one section. */
function pieces(line: string): string[] {
  const characters = [...line];
  const length = SECTION_ROOM / 2 - 2;
  const found: string[] = [];
  for (let at = 0; at === 0 || at < characters.length; at += length)
    found.push(characters.slice(at, at + length).join(''));
  return found;
}
