/** One request in full. */

import type { KnownBlock, ModalView } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import { cleanText, oneLine } from '../../domain/untrusted-text.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clientBlock, UPDATED, unverifiedNotice } from '../cards/agent-blocks.js';
import { revokeButton } from '../cards/buttons.js';
import { effectBlocks, policyName, requesterLine } from '../cards/fact-blocks.js';
import { approversLine } from '../cards/mentions.js';
import { outcomeBlocks } from '../cards/outcome-blocks.js';
import { changeBlocks } from '../cards/policy-changes.js';
import { fullResourceBlocks } from '../cards/resource-blocks.js';
import { explainedSignals } from '../cards/signal-blocks.js';
import { capitalized, grantUses, headline } from '../cards/wording.js';
import { clip, packLines } from '../format/clip.js';
import { code, moment, open, plain, plainSection, section } from '../format/text-objects.js';

const SECTION_ROOM = 2900;

/** `history` goes above the agent's words. */
export function detailsView(
  facts: CardFacts,
  teamId: string,
  history: readonly KnownBlock[] = [],
): ModalView {
  return {
    type: 'modal',
    title: plain('Request'),
    close: plain('Close'),
    blocks: [
      { type: 'header', text: plain(headline(facts)) },
      ...outcomeBlocks(facts, teamId),
      ...fullResourceBlocks(facts.approval),
      open(section(requesterLine(facts))),
      ...effectBlocks(facts, teamId),
      ...explainedSignals(facts.signals),
      ...changeBlocks(facts),
      ...automationBlocks(facts.approval.autoReport),
      ...recordBlocks(facts, teamId),
      ...history,
      ...revokeBlocks(facts),
      ...allAgentWords(facts),
    ],
  };
}

/** What was requested, until when, who decides, and how to find it in the CLI and in the audit trail. */
function recordBlocks(facts: CardFacts, teamId: string): KnownBlock[] {
  const { approval, policy, digest, grant } = facts;
  const { id, status, operation, duration, expiresAt } = approval;
  const lines = [
    `*Requested* ${operation} for ${spellDuration(duration)}`,
    ...(grant ? [`${capitalized(grantUses(grant))}.`] : []),
    ...(status === 'pending'
      ? [
          `*Decide before* ${moment(expiresAt)}. Without a decision by then it expires: the AI tool gets nothing, and may ask again.`,
        ]
      : []),
    ...(status === 'pending' && policy ? [approversLine(facts, teamId)] : []),
    ...(policy ? [`*Policy* ${policyName(policy)}, version ${policy.version}`] : []),
    `*Request* ${code(id)}`,
    `*Digest* ${code(digest)}`,
  ];
  return [open(section(lines.join('\n')))];
}

const REPORT_LIMIT = 300;

/** Why the request was auto-approved, or why a person must decide. Plain text, since it may contain names from a policy. */
function automationBlocks(report: string | undefined): KnownBlock[] {
  if (!report) return [];
  const text = capitalized(clip(oneLine(report), REPORT_LIMIT));
  return [{ type: 'context', elements: [plain(text)] }];
}

function revokeBlocks({ grant }: CardFacts): KnownBlock[] {
  if (grant?.status !== 'active') return [];
  return [{ type: 'actions', elements: [revokeButton(grant.id)] }];
}

function allAgentWords({ approval }: CardFacts): KnownBlock[] {
  const { reason, updatedReason, claimedClient } = approval;
  return [
    ...unverifiedNotice(),
    ...allWords(cleanText(reason.trim()).text),
    ...(updatedReason === undefined
      ? []
      : [UPDATED, ...allWords(cleanText(updatedReason.trim()).text)]),
    ...clientBlock(claimedClient),
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
