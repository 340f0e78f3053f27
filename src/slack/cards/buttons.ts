/** The buttons of cards, lists and views, each with a label for screen readers. */

import type { Button } from '@slack/types';
import type { GrantId } from '../../domain/grant.js';
import { BUTTON } from '../format/action-ids.js';
import { plain } from '../format/text-objects.js';

/** `label` has at most 75 characters; screen readers say it in place of the button's short text. */
function button(id: keyof typeof BUTTON, text: string, label: string, value: string): Button {
  return {
    type: 'button',
    action_id: BUTTON[id],
    text: plain(text),
    accessibility_label: label,
    value,
  };
}

/** `value` comes from `toButtonValue`. */
export const decisionButtons = (value: string): readonly [Button, Button] => [
  {
    ...button('approve', 'Approve…', 'Open the form to approve; nothing is decided yet', value),
    style: 'primary',
  },
  {
    ...button('deny', 'Deny…', 'Open the form to deny or send back; nothing is decided yet', value),
    style: 'danger',
  },
];

/** What a row in a list offers: the decision where the policy accepts one from Slack, and the details. */
export const rowButtons = (value: string, inSlack: boolean): Button[] => [
  ...(inSlack ? decisionButtons(value) : []),
  detailsButton(value),
];

export const detailsButton = (
  value: string,
  label = 'Show everything about this request',
): Button => button('details', 'Details…', label, value);

/** It is shown to all readers: vsecure checks who may revoke when the form is submitted. */
export const revokeButton = (grant: GrantId): Button => ({
  ...button('revoke', 'Revoke…', 'Open the form to end this access early', grant),
  style: 'danger',
});
