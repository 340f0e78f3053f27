/** *Not me*: the button with which the owner of a key suspends it. */

import type { Button } from '@slack/types';
import type { Principal } from '../../domain/principal.js';
import { NOT_ME } from '../format/action-ids.js';
import { plain } from '../format/text-objects.js';

/** Slack asks for confirmation first: an accidental click would stop an AI tool at its work. */
export function notMeButton({ id, name }: Pick<Principal, 'id' | 'name'>): Button {
  return {
    type: 'button',
    action_id: NOT_ME,
    text: plain('Not me…'),
    accessibility_label: 'This was not me: suspend the key',
    style: 'danger',
    value: id,
    confirm: {
      title: plain('Suspend this key?'),
      text: plain(
        `The key ${name} stops working: its access ends, its requests are withdrawn, and the administrators are notified. Only an administrator can resume it.`,
      ),
      confirm: plain('Suspend it'),
      deny: plain('Leave it'),
      style: 'danger',
    },
  };
}
