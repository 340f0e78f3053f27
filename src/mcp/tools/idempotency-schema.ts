/** The idempotency key with which a client can safely repeat a call, which all tools that change something share. The instructions explain it once. */

import { z } from 'zod';
import { IDEMPOTENCY_KEY_MAX } from '../../domain/limits.js';

export const idempotencyShape = {
  idempotency_key: z
    .string()
    .min(1)
    .max(IDEMPOTENCY_KEY_MAX)
    .regex(/^[\x21-\x7e]+$/, { error: 'use only printable ASCII without spaces' })
    .optional(),
};
