/** One request that waits for a person, with the same buttons as on its card. */

import type { KnownBlock } from '@slack/types';
import { formatDuration } from '../../domain/duration.js';
import { oneLine } from '../../domain/untrusted-text.js';
import type { PendingRequest } from '../../usecases/approvals/app-home.js';
import { button } from '../cards/buttons.js';
import { toButtonValue } from '../format/action-ids.js';
import { clip } from '../format/clip.js';
import { shortNames } from '../format/resource-names.js';
import { code, moment, plain, section } from '../format/text-objects.js';

/** Characters. All of it is one press away, with the facts again. */
const REASON_SHOWN = 160;

export function waitingBlocks({ approval, policy }: PendingRequest): KnownBlock[] {
  const { id, digest, operation, resources, duration, requester, expiresAt } = approval;
  const value = toButtonValue({ approval: id, seen: digest });
  const details = button('details', 'Details…', `Show the whole request ${id}`, value);
  const decide = [
    {
      ...button('approve', 'Approve…', 'Look at this request and approve it', value),
      style: 'primary' as const,
    },
    {
      ...button('deny', 'Deny…', 'Deny this request with a reason', value),
      style: 'danger' as const,
    },
  ];
  const facts = [
    `*${operation.toUpperCase()}* ${code(shortNames(resources))} for ${formatDuration(duration)}`,
    `key ${code(requester.name)} of ${code(requester.ownerEmail)} · decide before ${moment(expiresAt)}`,
  ];
  const here = policy.decideFrom.includes('slack');
  if (!here) facts.push(`Decisions for this come from: ${policy.decideFrom.join(', ')}`);
  return [
    section(facts.join('\n')),
    ...words(approval.reason),
    { type: 'actions', elements: here ? [...decide, details] : [details] },
  ];
}

function words(reason: string): KnownBlock[] {
  const text = clip(oneLine(reason).trim(), REASON_SHOWN);
  if (text === '') return [];
  return [{ type: 'context', elements: [plain(`Unverified, written by the AI tool: ${text}`)] }];
}
