/** Grants on the wire. */

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
  /** The first instant at which it opens nothing any more. */
  endsAt: timestamp,
  uses: z.int(),
  maxUses: z.int().optional(),
  endReason: z.string().optional(),
});
described.add(grant, { id: 'Grant' });
export type WireGrant = z.output<typeof grant>;

const params = z.strictObject({ id: grantId });

export const grantRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/grants',
    summary: 'Grants: your own, or all of them for admins and auditors.',
    scopes: [],
    query: z.strictObject({ ...page.shape, active: flag.optional() }),
    answer: listOf(grant),
  },
  release: {
    ...noInput,
    method: 'POST',
    path: '/grants/:id/release',
    summary: 'Give a grant of your own back.',
    scopes: ['grants:use'],
    params,
    answer: grant,
  },
  revoke: {
    ...noInput,
    method: 'POST',
    path: '/grants/:id/revoke',
    summary: 'End somebody’s grant at once.',
    scopes: ['approvals:decide'],
    params,
    body: z.strictObject({ reason: decisionReason }),
    answer: grant,
  },
} as const satisfies Record<string, Route>;
