/** Secrets in the API. Values go in; only one route returns a value. */

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

/** `unchanged`: the value was stored already, and no version was added. */
const writtenSecret = z.object({ ...secret.shape, unchanged: z.literal(true).optional() });
described.add(writtenSecret, { id: 'WrittenSecret' });
export type WireWrittenSecret = z.output<typeof writtenSecret>;

/** `access`: what the caller can do with the secret now. */
const listedSecret = z.object({
  ...secret.shape,
  access: z.enum(['granted', 'requestable', 'none']),
});
described.add(listedSecret, { id: 'ListedSecret' });
export type WireListedSecret = z.output<typeof listedSecret>;

/** Must be valid Unicode: UTF-8 would turn a lone surrogate into another value. */
export const secretValue = z
  .string()
  .min(1)
  .max(SECRET_MAX_BYTES)
  .refine((value) => value.isWellFormed(), {
    error: 'not well-formed Unicode text; encode the value first, for example with base64',
  });

const version = z.int().min(1).max(INT_MAX);

/** The only answer of the API that contains a secret value. */
const openedSecret = z.object({
  path: z.string(),
  version: z.int(),
  value: z.string(),
  /** `base64` when the value is not UTF-8 text. */
  encoding: z.enum(['utf8', 'base64']),
  /** The grant that allowed the read. */
  grant: grantId,
  /** When the grant ends. */
  expiresAt: timestamp,
});
described.add(openedSecret, { id: 'OpenedSecret' });
export type WireOpenedSecret = z.output<typeof openedSecret>;

const change = z.object({
  path: z.string(),
  /** The new version. For a deletion, the last existing version. */
  version: z.int(),
  previousVersion: z.int().optional(),
});
described.add(change, { id: 'SecretChange' });
export type WireSecretChange = z.output<typeof change>;

const expectedVersion = version.optional();

/** Give either `value` or `generate`. With `generate` the server generates a token that is never shown. */
const written = {
  path: uri,
  value: secretValue.optional(),
  generate: z
    .strictObject({
      /** Number of characters, from A-Z a-z 0-9 - _. */
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
    summary: 'List metadata of secrets, and your access to each.',
    scopes: ['secrets:list'],
    query: z.strictObject(page.shape),
    answer: listOf(listedSecret),
  },
  open: {
    ...noInput,
    method: 'GET',
    path: '/secrets/value',
    summary:
      'Read the value of a secret or template under one of your own active grants. Every call counts as a use.',
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
    summary: 'Store a secret, or a new version of it. Returns metadata.',
    scopes: ['secrets:manage'],
    body: z.strictObject({
      path: uri,
      value: secretValue,
      /** Store no new version when the latest one has this value. */
      skipUnchanged: z.boolean().optional(),
    }),
    answer: writtenSecret,
  },
  create: {
    ...noInput,
    method: 'POST',
    path: '/secrets/create',
    summary: 'Create a secret under a new path, as an operator or under a write grant.',
    scopes: CHANGING,
    body: z.strictObject(written),
    answer: change,
  },
  update: {
    ...noInput,
    method: 'POST',
    path: '/secrets/update',
    summary: 'Store a new version of a secret, as an operator or under a write grant.',
    scopes: CHANGING,
    body: z.strictObject({ ...written, expectedVersion }),
    answer: change,
  },
  rotate: {
    ...noInput,
    method: 'POST',
    path: '/secrets/rotate',
    summary: 'Replace the value of a secret, as an operator or under a write grant.',
    scopes: CHANGING,
    body: z.strictObject({ ...written, expectedVersion }),
    answer: change,
  },
  delete: {
    ...noInput,
    method: 'POST',
    path: '/secrets/delete',
    summary:
      'Permanently delete a secret with all its versions, as an operator or under a delete grant.',
    scopes: CHANGING,
    body: z.strictObject({ path: uri, expectedVersion }),
    answer: change,
  },
} as const satisfies Record<string, Route>;
