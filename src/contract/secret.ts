/** Secrets on the wire: a value goes in here and never comes out. */

import { z } from 'zod';
import { SECRET_MAX_BYTES } from '../domain/limits.js';
import { page, timestamp, uri } from './fields.js';
import { bare, listOf, type Route } from './route.js';

const secret = z.object({
  path: z.string(),
  version: z.int(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type WireSecret = z.output<typeof secret>;

/** `access`: what the caller could get of it. */
const listedSecret = z.object({
  ...secret.shape,
  access: z.enum(['granted', 'requestable', 'none']),
});
export type WireListedSecret = z.output<typeof listedSecret>;

/** Text that UTF-8 can carry: a lone surrogate would come back as another value. */
export const secretValue = z
  .string()
  .min(1)
  .max(SECRET_MAX_BYTES)
  .refine((value) => value.isWellFormed(), { error: 'a value is well-formed Unicode text' });

export const secretRoutes = {
  list: {
    ...bare,
    method: 'GET',
    path: '/secrets',
    summary: 'Metadata of secrets, and what you could get of each.',
    query: z.strictObject(page.shape),
    answer: listOf(listedSecret),
  },
  set: {
    ...bare,
    method: 'PUT',
    path: '/secrets',
    summary: 'Store a secret, or a new version of it. Answers with metadata.',
    body: z.strictObject({ path: uri, value: secretValue }),
    answer: secret,
  },
  delete: {
    ...bare,
    method: 'POST',
    path: '/secrets/delete',
    summary: 'Delete a secret with all its versions, for good. Answers with what was known of it.',
    body: z.strictObject({ path: uri }),
    answer: secret,
  },
} as const satisfies Record<string, Route>;
