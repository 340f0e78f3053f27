/** Secrets on the wire: values go in, and one route alone lets one out. */

import { z } from 'zod';
import {
  SECRET_MAX_BYTES,
  TOKEN_LENGTH_DEFAULT,
  TOKEN_LENGTH_MAX,
  TOKEN_LENGTH_MIN,
} from '../domain/limits.js';
import { grantId, INT_MAX, page, timestamp, uri } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const secret = z.object({
  path: z.string(),
  version: z.int(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
described.add(secret, { id: 'Secret' });
export type WireSecret = z.output<typeof secret>;

/** `access`: what the caller could get of it. */
const listedSecret = z.object({
  ...secret.shape,
  access: z.enum(['granted', 'requestable', 'none']),
});
described.add(listedSecret, { id: 'ListedSecret' });
export type WireListedSecret = z.output<typeof listedSecret>;

/** Text that UTF-8 can carry: a lone surrogate would come back as another value. */
export const secretValue = z
  .string()
  .min(1)
  .max(SECRET_MAX_BYTES)
  .refine((value) => value.isWellFormed(), { error: 'a value is well-formed Unicode text' });

const version = z.int().min(1).max(INT_MAX);

/** The value itself: the one answer of the API that holds one. */
const openedSecret = z.object({
  path: z.string(),
  version: z.int(),
  value: z.string(),
  /** `base64` when the bytes are not UTF-8 text. */
  encoding: z.enum(['utf8', 'base64']),
  /** Under which it was read. */
  grant: grantId,
  /** When that grant ends. */
  expiresAt: timestamp,
});
described.add(openedSecret, { id: 'OpenedSecret' });
export type WireOpenedSecret = z.output<typeof openedSecret>;

const change = z.object({
  path: z.string(),
  /** The new version; of a deletion, the last that there was. */
  version: z.int(),
  previousVersion: z.int().optional(),
});
described.add(change, { id: 'SecretChange' });
export type WireSecretChange = z.output<typeof change>;

const expectedVersion = version.optional();

/** Either `value` or `generate`: a token that the server makes, and that nobody gets to see. */
const written = {
  path: uri,
  value: secretValue.optional(),
  generate: z
    .strictObject({
      /** Characters, of A-Z a-z 0-9 - _. */
      length: z.int().min(TOKEN_LENGTH_MIN).max(TOKEN_LENGTH_MAX).default(TOKEN_LENGTH_DEFAULT),
    })
    .optional(),
};

const CHANGING = ['secrets:manage', 'grants:use'] as const;

export const secretRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/secrets',
    summary: 'Metadata of secrets, and what you could get of each.',
    scopes: ['secrets:list'],
    query: z.strictObject(page.shape),
    answer: listOf(listedSecret),
  },
  open: {
    ...noInput,
    method: 'GET',
    path: '/secrets/value',
    summary:
      'The value of a secret or template, under a live grant of your own. Every call counts.',
    scopes: ['grants:use'],
    counted: true,
    query: z.strictObject({
      path: uri,
      version: z.coerce.number().int().min(1).max(INT_MAX).optional(),
    }),
    answer: openedSecret,
  },
  set: {
    ...noInput,
    method: 'PUT',
    path: '/secrets',
    summary: 'Store a secret, or a new version of it. Answers with metadata.',
    scopes: ['secrets:manage'],
    body: z.strictObject({ path: uri, value: secretValue }),
    answer: secret,
  },
  create: {
    ...noInput,
    method: 'POST',
    path: '/secrets/create',
    summary: 'Store a secret under a path that is free: as an operator, or under a write grant.',
    scopes: CHANGING,
    body: z.strictObject(written),
    answer: change,
  },
  update: {
    ...noInput,
    method: 'POST',
    path: '/secrets/update',
    summary: 'Store a new version of a secret: as an operator, or under a write grant.',
    scopes: CHANGING,
    body: z.strictObject({ ...written, expectedVersion }),
    answer: change,
  },
  rotate: {
    ...noInput,
    method: 'POST',
    path: '/secrets/rotate',
    summary: 'Replace the value of a secret: as an operator, or under a write grant.',
    scopes: CHANGING,
    body: z.strictObject({ ...written, expectedVersion }),
    answer: change,
  },
  delete: {
    ...noInput,
    method: 'POST',
    path: '/secrets/delete',
    summary: 'Delete a secret with all its versions, for good: as an operator, or under a grant.',
    scopes: CHANGING,
    body: z.strictObject({ path: uri, expectedVersion }),
    answer: change,
  },
} as const satisfies Record<string, Route>;
