/** The form in which a person ends an access early. */

import type { ModalView } from '@slack/types';
import type { GrantId } from '../../domain/grant.js';
import type { GrantStatus } from '../../domain/vocabulary.js';
import type { GrantFacts } from '../../usecases/approvals/card-facts.js';
import { factBlocks } from '../cards/fact-blocks.js';
import { outcomeBlocks } from '../cards/outcome-blocks.js';
import { timesUsed } from '../cards/wording.js';
import { FORM, readGrantId } from '../format/action-ids.js';
import { plain, section } from '../format/text-objects.js';
import { noticeView } from './notice-view.js';
import { reasonField } from './reason-field.js';

/** The facts as they are now; a notice instead when there is nothing left to revoke. */
export function revokeForm(facts: GrantFacts, teamId: string): ModalView {
  const { grant, approval } = facts;
  if (grant.status !== 'active') return overView(facts, teamId);
  return {
    type: 'modal',
    callback_id: FORM.revoke,
    title: plain('Revoke access'),
    submit: plain('Revoke'),
    close: plain('Cancel'),
    private_metadata: grant.id,
    blocks: [
      section('*If you revoke it, the very next use is refused.* What was read stays read.'),
      ...outcomeBlocks(facts, teamId),
      section(`So far it was ${timesUsed(approval.operation, grant.uses)}.`),
      ...factBlocks(facts, teamId),
      reasonField({ label: 'Why you revoke it', required: true }),
    ],
  };
}

/** What a form of `revokeForm` is about; undefined for anything that we did not write. */
export const revokedGrant = (metadata: string): GrantId | undefined => readGrantId(metadata);

const OVER: Record<Exclude<GrantStatus, 'active'>, string> = {
  expired: 'This access has ended already: its time was up.',
  revoked: 'This access was revoked already.',
  released: 'The AI tool has given this access back already.',
  used_up: 'All uses that this access permitted are used already.',
};

/** How it ended before anybody could revoke it. */
export function overView(facts: GrantFacts, teamId: string): ModalView {
  const { status } = facts.grant;
  const how = status === 'active' ? 'This access is still live.' : OVER[status];
  return noticeView('Over already', how, outcomeBlocks(facts, teamId));
}
