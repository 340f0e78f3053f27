/** Buttons with a label for who does not see them. */

import type { Button } from '@slack/types';
import type { GrantId } from '../../domain/grant.js';
import { BUTTON } from '../format/action-ids.js';
import { plain } from '../format/text-objects.js';

/** `label` has at most 75 characters and says what the few words on the button leave to the eye. */
export function button(
  id: keyof typeof BUTTON,
  text: string,
  label: string,
  value: string,
): Button {
  return {
    type: 'button',
    action_id: BUTTON[id],
    text: plain(text),
    accessibility_label: label,
    value,
  };
}

/** It may stand anywhere: who may revoke is asked when the form that it opens is submitted. */
export const revokeButton = (grant: GrantId): Button => ({
  ...button('revoke', 'Revoke…', 'End this access early, with a reason', grant),
  style: 'danger',
});
