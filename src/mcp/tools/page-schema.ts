/** Asking for a page of a list: the part that several tools share. */

import { z } from 'zod';
import { PAGE_DEFAULT, PAGE_MAX, URI_MAX_BYTES } from '../../domain/limits.js';

export const pageShape = {
  limit: z.int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT).describe('Items on one page.'),
  cursor: z
    .string()
    .max(URI_MAX_BYTES)
    .regex(/^[\x21-\x7e]+$/, { error: 'not a cursor of this tool' })
    .optional()
    .describe('next_cursor of the page before.'),
};

export const nextCursor = z.string().optional().describe('There is more: pass it as cursor.');
