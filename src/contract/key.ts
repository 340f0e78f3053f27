/** API keys on the wire, and who a key is. */

import { z } from 'zod';
import {
  decisionReason,
  duration,
  email,
  keyClass,
  keyId,
  page,
  principalName,
  reason,
  role,
  scope,
  timestamp,
} from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

export const key = z.object({
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
  /** Nothing works with any key of this name, until somebody resumes it. */
  suspendedAt: timestamp.optional(),
});
described.add(key, { id: 'Key' });
export type WireKey = z.output<typeof key>;

/** `token` is the key itself: this answer is the only place where it is ever seen. */
const newKey = z.object({ ...key.shape, token: z.string() });
described.add(newKey, { id: 'NewKey' });
export type WireNewKey = z.output<typeof newKey>;

const suspension = z.object({
  name: z.string(),
  suspendedAt: timestamp.optional(),
  /** It was suspended before, so nothing changed. */
  already: z.boolean(),
  grantsRevoked: z.int(),
  requestsWithdrawn: z.int(),
});
export type WireSuspension = z.output<typeof suspension>;

export const keyRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/keys',
    summary: 'All keys, without the secret part.',
    scopes: ['keys:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(key),
  },
  create: {
    ...noInput,
    method: 'POST',
    path: '/keys',
    summary: 'Make a key. It is shown once.',
    scopes: ['keys:manage'],
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
    ...noInput,
    method: 'POST',
    path: '/keys/:id/revoke',
    summary: 'Revoke a key. It cannot be undone.',
    scopes: ['keys:manage'],
    params: z.strictObject({ id: keyId }),
    answer: z.object({ id: keyId, revokedAt: timestamp.optional() }),
  },
  suspend: {
    ...noInput,
    method: 'POST',
    path: '/keys/suspend',
    summary:
      'Stop everything that is done with the keys of this name, revoke their grants, withdraw their requests, and tell the administrators. With keys:manage, or a human key of their owner.',
    scopes: [],
    body: z.strictObject({ name: principalName, reason: decisionReason }),
    answer: suspension,
  },
  resume: {
    ...noInput,
    method: 'POST',
    path: '/keys/resume',
    summary: 'Let the keys of this name work again. What was revoked stays revoked.',
    scopes: ['keys:manage'],
    body: z.strictObject({ name: principalName, reason: reason.optional() }),
    answer: z.object({ name: z.string() }),
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
described.add(whoami, { id: 'Whoami' });
export type WireWhoami = z.output<typeof whoami>;

export const whoamiRoute = {
  ...noInput,
  method: 'GET',
  path: '/whoami',
  summary: 'Whose key this is and what it may do.',
  scopes: [],
  answer: whoami,
} as const satisfies Route;
