/** One active grant, with the button that revokes it. */

import type { KnownBlock } from '@slack/types';
import type { GrantWithApproval } from '../../usecases/approvals/app-home.js';
import { revokeButton } from '../cards/buttons.js';
import { timesUsed } from '../cards/wording.js';
import { shortNames } from '../format/resource-names.js';
import { code, moment, section } from '../format/text-objects.js';

export function grantBlocks({ grant, approval: { requester } }: GrantWithApproval): KnownBlock[] {
  const { id, operation, resources, endsAt, uses, maxUses } = grant;
  const used =
    maxUses === undefined ? timesUsed(operation, uses) : `used ${uses} of ${maxUses} times`;
  const facts = [
    `*${operation.toUpperCase()}* ${code(shortNames(resources))} until ${moment(endsAt)}`,
    `API key ${code(requester.name)} of ${code(requester.ownerEmail)} · ${used}`,
  ];
  return [{ ...section(facts.join('\n')), accessory: revokeButton(id) }];
}
