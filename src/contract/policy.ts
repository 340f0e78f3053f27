/** Policies on the wire, one by one. */

import { z } from 'zod';
import { ENTRY_POINTS } from '../domain/vocabulary.js';
import { operation, page } from './fields.js';
import { policyDocument } from './policy-document.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

/** Windows are canonical: their zone is an IANA name, whatever was written. */
const autoApprove = z.object({
  enabled: z.boolean(),
  conditions: z.object({
    timeWindow: z.array(z.string()).optional(),
    requester: z.array(z.string()).optional(),
    operations: z.array(operation).optional(),
    maxDuration: z.string().optional(),
  }),
});

const policy = z.object({
  id: z.string(),
  version: z.int(),
  uri: z.string(),
  name: z.string(),
  permissions: z.array(operation),
  requiresApproval: z.boolean(),
  /** Absent: the next broader policy's. */
  approvers: z.array(z.string()).optional(),
  /** Absent: everyone. */
  requesters: z.array(z.string()).optional(),
  decideFrom: z.array(z.enum(ENTRY_POINTS)),
  listed: z.boolean(),
  minApprovals: z.int(),
  allowSelfApproval: z.boolean(),
  autoApprove: autoApprove.optional(),
  requireReason: z.boolean().optional(),
  minReasonLength: z.int(),
  requireDecisionReason: z.boolean(),
  defaultDuration: z.string(),
  maxDuration: z.string(),
  requestTtl: z.string(),
  maxUses: z.int().optional(),
  channel: z.string().optional(),
  mention: z.boolean(),
  escalateTo: z.array(z.string()).optional(),
  escalateAfter: z.string().optional(),
});
described.add(policy, { id: 'Policy' });
export type WirePolicy = z.output<typeof policy>;

/** `warnings` are sentences for whoever wrote it; the policy holds all the same. */
export const configured = z.object({ policy, warnings: z.array(z.string()) });
described.add(configured, { id: 'Configured' });
export type WireConfigured = z.output<typeof configured>;

export const policyRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/resources',
    summary: 'The policies in force.',
    scopes: ['resources:manage', 'approvals:read'],
    query: z.strictObject(page.shape),
    answer: listOf(policy),
  },
  merge: {
    ...noInput,
    method: 'PATCH',
    path: '/resources',
    summary: 'Merge into the policy of a pattern, or make it.',
    scopes: ['resources:manage'],
    body: policyDocument,
    answer: configured,
  },
  replace: {
    ...noInput,
    method: 'PUT',
    path: '/resources',
    summary: 'Replace the policy of a pattern; what is not named gets its default.',
    scopes: ['resources:manage'],
    body: policyDocument,
    answer: configured,
  },
} as const satisfies Record<string, Route>;
