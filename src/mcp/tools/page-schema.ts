/** The arguments for one page of a list, which several tools share. */

import { z } from 'zod';
import { PAGE_DEFAULT, PAGE_MAX, URI_MAX_BYTES } from '../../domain/limits.js';

export const pageShape = {
  limit: z.int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  cursor: z
    .string()
    .max(URI_MAX_BYTES)
    .regex(/^[\x21-\x7e]+$/, { error: 'not a cursor of this tool' })
    .optional()
    .describe('The last next_cursor.'),
};

export const nextCursor = z
  .string()
  .optional()
  .describe('Present if there are more items: pass it as cursor.');
