/** One active grant, with the button that revokes it. */

import type { KnownBlock } from '@slack/types';
import type { GrantWithApproval } from '../../usecases/approvals/app-home.js';
import { revokeButton } from '../cards/buttons.js';
import { emailName } from '../cards/mentions.js';
import { accessEnd, capitalized, grantedTitle, grantUses } from '../cards/wording.js';
import { code, moment, section } from '../format/text-objects.js';

export function grantBlocks({ grant, approval: { requester } }: GrantWithApproval): KnownBlock[] {
  const facts = [
    grantedTitle(grant),
    `API key ${code(requester.name)} of ${emailName(requester.ownerEmail)}`,
    `${accessEnd(grant, moment)} ${capitalized(grantUses(grant))}.`,
  ];
  return [{ ...section(facts.join('\n')), accessory: revokeButton(grant.id) }];
}
