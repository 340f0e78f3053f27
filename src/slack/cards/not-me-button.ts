/** *Not me*: the button by which the owner of a key stops everything that is done with it. */

import type { Button } from '@slack/types';
import type { Principal } from '../../domain/principal.js';
import { NOT_ME } from '../format/action-ids.js';
import { plain } from '../format/text-objects.js';

/** Asks once more on the screen of whoever presses: a slip of the thumb would stop an AI tool at its work. */
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
        `Nothing will work with the key ${name} any more: its access ends, its requests are withdrawn, and the administrators are told. Only they can resume it.`,
      ),
      confirm: plain('Suspend it'),
      deny: plain('Leave it'),
      style: 'danger',
    },
  };
}
