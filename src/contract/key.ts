/** API keys in the API, and the identity of a key. */

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
  /** The public part of the key. */
  id: keyId,
  name: z.string(),
  class: keyClass,
  owner: z.string(),
  scopes: z.array(scope),
  /** The last four characters of the key. */
  hint: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  revokedAt: timestamp.optional(),
  /** Set while all keys with this name are suspended. */
  suspendedAt: timestamp.optional(),
});
described.add(key, { id: 'Key' });
export type WireKey = z.output<typeof key>;

/** `token` is the key itself. Only this answer ever contains it. */
const newKey = z.object({
  ...key.shape,
  token: z.string(),
  /** Does Slack know the owner, who then gets messages about its requests? `unavailable`: Slack is not connected or did not answer. Absent for keys that never ask. */
  ownerInSlack: z.enum(['linked', 'unknown', 'unavailable']).optional(),
});
described.add(newKey, { id: 'NewKey' });
export type WireNewKey = z.output<typeof newKey>;

const suspension = z.object({
  name: z.string(),
  suspendedAt: timestamp.optional(),
  /** True when the key was already suspended, so nothing changed. */
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
    summary: 'List all keys, without their secret part.',
    scopes: ['keys:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(key),
  },
  create: {
    ...noInput,
    method: 'POST',
    path: '/keys',
    summary:
      'Create a key. The key is shown only in this answer. A human key needs a human key of an administrator.',
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
    summary: 'Revoke a key. This cannot be undone.',
    scopes: ['keys:manage'],
    params: z.strictObject({ id: keyId }),
    answer: z.object({ id: keyId, revokedAt: timestamp.optional() }),
  },
  suspend: {
    ...noInput,
    method: 'POST',
    path: '/keys/suspend',
    summary:
      'Suspend all keys with this name, revoke their grants, cancel their requests, and notify the administrators. Needs keys:manage, or a human key of the owner.',
    scopes: [],
    body: z.strictObject({ name: principalName, reason: decisionReason }),
    answer: suspension,
  },
  resume: {
    ...noInput,
    method: 'POST',
    path: '/keys/resume',
    summary:
      'Reactivate suspended keys. Their revoked grants stay revoked. Needs a human key of an administrator.',
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
  /** The effective scopes: the key's scopes, limited by its class and its owner's role. */
  scopes: z.array(scope),
  expiresAt: timestamp.optional(),
});
described.add(whoami, { id: 'Whoami' });
export type WireWhoami = z.output<typeof whoami>;

export const whoamiRoute = {
  ...noInput,
  method: 'GET',
  path: '/whoami',
  summary: 'Show the key in use, its owner and its scopes.',
  scopes: [],
  answer: whoami,
} as const satisfies Route;
