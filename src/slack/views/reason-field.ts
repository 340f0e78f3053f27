/** The field for a person's reason. */

import type { InputBlock } from '@slack/types';
import { REASON_MAX } from '../../domain/limits.js';
import { FIELD } from '../format/action-ids.js';
import { plain } from '../format/text-objects.js';

export interface ReasonField {
  readonly label: string;
  readonly required: boolean;
  /** Characters that may be typed. */
  readonly maxLength?: number;
}

export function reasonField({ label, required, maxLength = REASON_MAX }: ReasonField): InputBlock {
  return {
    type: 'input',
    block_id: FIELD.reason.block,
    label: plain(label),
    hint: plain('The AI tool sees this, and the audit trail keeps it. Never write a secret here.'),
    optional: !required,
    element: {
      type: 'plain_text_input',
      action_id: FIELD.reason.element,
      multiline: true,
      max_length: maxLength,
    },
  };
}
