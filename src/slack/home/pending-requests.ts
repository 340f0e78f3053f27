/** One request that this person may decide, with the same signals and buttons as on its card. */

import type { KnownBlock } from '@slack/types';
import { excerpt } from '../../domain/untrusted-text.js';
import type { PendingRequest } from '../../usecases/approvals/app-home.js';
import { UNVERIFIED } from '../cards/agent-blocks.js';
import { rowButtons } from '../cards/buttons.js';
import { decidableRow } from '../cards/request-row.js';
import { toButtonValue } from '../format/action-ids.js';
import { open, plain, section } from '../format/text-objects.js';

/** *Details…* shows the whole reason. */
const REASON_COLUMNS = 160;

export function pendingBlocks(request: PendingRequest): KnownBlock[] {
  const { id, digest, updatedReason, reason } = request.approval;
  const value = toButtonValue({ approval: id, seen: digest });
  return [
    open(section(decidableRow(request))),
    ...agentWords(updatedReason ?? reason),
    { type: 'actions', elements: rowButtons(value, request.policy.decideFrom.includes('slack')) },
  ];
}

function agentWords(reason: string): KnownBlock[] {
  const { text } = excerpt(reason, REASON_COLUMNS);
  if (text === '') return [];
  return [{ type: 'context', elements: [plain(`${UNVERIFIED}: “${text}”`)] }];
}
