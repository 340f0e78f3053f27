/** API keys on the wire, and who a key is. */

import { z } from 'zod';
import {
  duration,
  email,
  keyClass,
  keyId,
  principalName,
  role,
  scope,
  timestamp,
} from './fields.js';
import { bare, listOf, type Route } from './route.js';

const key = z.object({
  /** The public part. */
  id: keyId,
  name: z.string(),
  class: keyClass,
  owner: z.string(),
  scopes: z.array(scope),
  /** The last four characters. */
  hint: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  revokedAt: timestamp.optional(),
});
export type WireKey = z.output<typeof key>;

/** `token` is the key itself: this answer is the only place where it is ever seen. */
const newKey = z.object({ ...key.shape, token: z.string() });
export type WireNewKey = z.output<typeof newKey>;

export const keyRoutes = {
  list: {
    ...bare,
    method: 'GET',
    path: '/keys',
    summary: 'All keys, without the secret part.',
    answer: listOf(key),
  },
  create: {
    ...bare,
    method: 'POST',
    path: '/keys',
    summary: 'Make a key. It is shown once.',
    body: z.strictObject({
      name: principalName,
      class: keyClass,
      owner: email,
      scopes: z.array(scope).min(1).max(20).optional(),
      expires: duration.optional(),
      additional: z.boolean().optional(),
    }),
    answer: newKey,
  },
  revoke: {
    ...bare,
    method: 'POST',
    path: '/keys/:id/revoke',
    summary: 'Revoke a key. It cannot be undone.',
    params: z.strictObject({ id: keyId }),
    answer: z.object({ id: keyId, revokedAt: timestamp.optional() }),
  },
} as const satisfies Record<string, Route>;

const whoami = z.object({
  name: z.string(),
  class: keyClass,
  key: keyId,
  owner: z.object({ email: z.string(), role }),
  /** What the key may do now: its scopes, within its class and its owner's role. */
  scopes: z.array(scope),
  expiresAt: timestamp.optional(),
});
export type WireWhoami = z.output<typeof whoami>;

export const whoamiRoute = {
  ...bare,
  method: 'GET',
  path: '/whoami',
  summary: 'Whose key this is and what it may do.',
  answer: whoami,
} as const satisfies Route;
