/** The form with which a person ends an access early. */

import type { ModalView } from '@slack/types';
import type { GrantId } from '../../domain/grant.js';
import type { GrantStatus } from '../../domain/vocabulary.js';
import type { GrantFacts } from '../../usecases/approvals/card-facts.js';
import { factBlocks } from '../cards/fact-blocks.js';
import { outcomeBlocks } from '../cards/outcome-blocks.js';
import { resourceBlocks } from '../cards/resource-blocks.js';
import { capitalized, grantUses, headline } from '../cards/wording.js';
import { FORM, readGrantId } from '../format/action-ids.js';
import { plain, plainSection, section } from '../format/text-objects.js';
import { noticeView } from './notice-view.js';
import { reasonField } from './reason-field.js';

/** Shows the current facts; a notice instead when the access has already ended. */
export function revokeForm(facts: GrantFacts, teamId: string): ModalView {
  const { grant, approval } = facts;
  if (grant.status !== 'active') return endedView(facts, teamId);
  return {
    type: 'modal',
    callback_id: FORM.revoke,
    title: plain('Revoke access'),
    submit: plain('Revoke'),
    close: plain('Cancel'),
    private_metadata: grant.id,
    blocks: [
      section(
        '*Revoke* ends this access at once and cannot be undone: the next use is refused, and the AI tool must ask again. What it has read stays known to it.',
      ),
      plainSection(headline(facts)),
      ...outcomeBlocks(facts, teamId),
      section(`${capitalized(grantUses(grant))}.`),
      ...resourceBlocks(approval),
      ...factBlocks(facts),
      reasonField({ label: 'Why you revoke this', required: true }),
    ],
  };
}

/** The grant that a submitted `revokeForm` belongs to; undefined for a value that vsecure did not write. */
export const revokedGrant = (metadata: string): GrantId | undefined => readGrantId(metadata);

const ENDED: Record<Exclude<GrantStatus, 'active'>, string> = {
  expired: 'This access has already expired.',
  revoked: 'This access was already revoked.',
  released: 'The AI tool has already given this access back.',
  used_up: 'All permitted uses of this access are used.',
};

/** How the access ended before the person could revoke it. */
export function endedView(facts: GrantFacts, teamId: string): ModalView {
  const { status } = facts.grant;
  const how = status === 'active' ? 'This access is still active.' : ENDED[status];
  return noticeView('Already ended', how, [
    plainSection(headline(facts)),
    ...outcomeBlocks(facts, teamId),
  ]);
}
