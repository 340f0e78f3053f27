/** One request that waits for this person, with the same buttons as on its card. */

import type { KnownBlock } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import { excerpt } from '../../domain/untrusted-text.js';
import type { PendingRequest } from '../../usecases/approvals/app-home.js';
import { UNVERIFIED } from '../cards/agent-blocks.js';
import { decisionButtons, detailsButton } from '../cards/buttons.js';
import { decideElsewhere } from '../cards/wording.js';
import { toButtonValue } from '../format/action-ids.js';
import { shortNames } from '../format/resource-names.js';
import { code, moment, plain, section } from '../format/text-objects.js';

/** *Details…* shows the whole reason. */
const REASON_COLUMNS = 160;

export function pendingBlocks({ approval, policy }: PendingRequest): KnownBlock[] {
  const { id, digest, operation, resources, duration, requester, expiresAt } = approval;
  const value = toButtonValue({ approval: id, seen: digest });
  const details = detailsButton(value, `Show the full request ${id}`);
  const facts = [
    `*${operation.toUpperCase()}* ${code(shortNames(resources))} for ${spellDuration(duration)}`,
    `API key ${code(requester.name)} of ${code(requester.ownerEmail)} · expires ${moment(expiresAt)}`,
  ];
  const inSlack = policy.decideFrom.includes('slack');
  if (!inSlack) facts.push(decideElsewhere(policy.decideFrom));
  return [
    section(facts.join('\n')),
    ...agentWords(approval.updatedReason ?? approval.reason),
    { type: 'actions', elements: inSlack ? [...decisionButtons(value), details] : [details] },
  ];
}

function agentWords(reason: string): KnownBlock[] {
  const { text } = excerpt(reason, REASON_COLUMNS);
  if (text === '') return [];
  return [{ type: 'context', elements: [plain(`${UNVERIFIED}: “${text}”`)] }];
}
