/** The key under which a call that changes something can be sent again: the part that all of them share. */

import { z } from 'zod';
import { IDEMPOTENCY_KEY_MAX } from '../../domain/limits.js';

export const idempotencyShape = {
  idempotency_key: z
    .string()
    .min(1)
    .max(IDEMPOTENCY_KEY_MAX)
    .regex(/^[\x21-\x7e]+$/, { error: 'only printable ASCII without spaces' })
    .optional()
    .describe(
      'Any text of your choosing, new for every change. Repeating the same call with the same key, after a broken connection say, makes the change once. Good for 7 days.',
    ),
};
