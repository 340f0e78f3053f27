/** Grants in the API. */

import { z } from 'zod';
import { GRANT_STATUSES } from '../domain/vocabulary.js';
import { approvalId, decisionReason, flag, grantId, operation, page, timestamp } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

export const grant = z.object({
  id: grantId,
  approval: approvalId,
  status: z.enum(GRANT_STATUSES),
  operation,
  resources: z.array(z.string()),
  startsAt: timestamp,
  /** The instant from which the grant is no longer valid. */
  endsAt: timestamp,
  uses: z.int(),
  maxUses: z.int().optional(),
  endReason: z.string().optional(),
  /** The key, and the e-mail address of its owner. Only in the list. */
  holder: z.object({ name: z.string(), class: z.string(), owner: z.string() }).optional(),
});
described.add(grant, { id: 'Grant' });
export type WireGrant = z.output<typeof grant>;

const params = z.strictObject({ id: grantId });

export const grantRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/grants',
    summary: 'List grants: your own, or all grants for admins and auditors.',
    scopes: [],
    query: z.strictObject({ ...page.shape, active: flag.optional() }),
    answer: listOf(grant),
  },
  release: {
    ...noInput,
    method: 'POST',
    path: '/grants/:id/release',
    summary: 'Release one of your own grants.',
    scopes: ['grants:use'],
    params,
    answer: grant,
  },
  revoke: {
    ...noInput,
    method: 'POST',
    path: '/grants/:id/revoke',
    summary: 'Revoke a grant immediately.',
    scopes: ['approvals:decide'],
    params,
    body: z.strictObject({ reason: decisionReason }),
    answer: grant,
  },
} as const satisfies Record<string, Route>;
