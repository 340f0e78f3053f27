/** The message that shows one request: a pure function of its state, used to post and to update it. */

import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { toButtonValue } from '../format/action-ids.js';
import { plain, section } from '../format/text-objects.js';
import { agentBlocks } from './agent-blocks.js';
import { decisionButtons, detailsButton, revokeButton } from './buttons.js';
import { effectBlocks, factBlocks, footer } from './fact-blocks.js';
import { outcomeBlocks } from './outcome-blocks.js';
import { resourceBlocks } from './resource-blocks.js';
import { decideElsewhere, fallbackText, headline } from './wording.js';

export interface Card {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Where a card is posted, and how often it has been updated. */
export interface Drawing {
  readonly teamId: string;
  /** Part of every block_id: Slack wants new ones for each iteration of a message. */
  readonly revision: number;
}

/** Facts, then the agent's words, then the buttons: what an approver needs stands above what they click. */
export function approvalCard(facts: CardFacts, { teamId, revision }: Drawing): Card {
  const blocks = [
    { type: 'header', text: plain(headline(facts)) },
    ...outcomeBlocks(facts, teamId),
    ...resourceBlocks(facts.approval),
    ...factBlocks(facts),
    ...effectBlocks(facts, teamId),
    ...agentBlocks(facts.approval),
    ...buttonBlocks(facts),
    footer(facts, teamId),
  ] satisfies KnownBlock[];
  return {
    text: fallbackText(facts),
    blocks: blocks.map((block, index) => ({ ...block, block_id: `r${revision}.${index}` })),
  };
}

/** A request that no policy decides has no buttons to decide it. */
function buttonBlocks({ approval, policy, digest, grant }: CardFacts): KnownBlock[] {
  const value = toButtonValue({ approval: approval.id, seen: digest });
  const details = detailsButton(value);
  const onlyDetails: KnownBlock = { type: 'actions', elements: [details] };
  if (grant?.status === 'active')
    return [{ type: 'actions', elements: [revokeButton(grant.id), details] }];
  if (approval.status !== 'pending' || !policy) return [onlyDetails];
  if (!policy.decideFrom.includes('slack'))
    return [section(decideElsewhere(policy.decideFrom)), onlyDetails];
  return [{ type: 'actions', elements: [...decisionButtons(value), details] }];
}
