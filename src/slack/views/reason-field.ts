/** The field in which a person says why. */

import type { InputBlock } from '@slack/types';
import { REASON_MAX } from '../../domain/limits.js';
import { FIELD } from '../format/action-ids.js';
import { plain } from '../format/text-objects.js';

export interface ReasonField {
  readonly label: string;
  readonly required: boolean;
  /** How many characters may be typed. */
  readonly room?: number;
}

export function reasonField({ label, required, room = REASON_MAX }: ReasonField): InputBlock {
  return {
    type: 'input',
    block_id: FIELD.reason.block,
    label: plain(label),
    hint: plain('The AI tool and the audit trail see this. Never write a secret here.'),
    optional: !required,
    element: {
      type: 'plain_text_input',
      action_id: FIELD.reason.element,
      multiline: true,
      max_length: room,
    },
  };
}
