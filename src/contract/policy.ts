/** Policies on the wire, and the document that sets one: the same in REST, the SDK and the policy file. */

import { z } from 'zod';
import { APPROVERS_MAX, MIN_APPROVALS_MAX, NAME_MAX, REASON_MAX } from '../domain/limits.js';
import { DOORS } from '../domain/vocabulary.js';
import { approver, duration, INT_MAX, operation, slackChannelId, uri } from './fields.js';
import { bare, listOf, type Route } from './route.js';

const door = z.enum(DOORS);

/** Strict: a rule that would be ignored is worse than one that is refused. */
export const policyDocument = z.strictObject({
  uri,
  name: z
    .string()
    .min(1)
    .max(NAME_MAX)
    .regex(/^[^\p{C}]+$/u, { error: 'a name is printable text' })
    .exactOptional(),
  permissions: z.array(operation).max(10).exactOptional(),
  requiresApproval: z.boolean().exactOptional(),
  approvers: z.array(approver).max(APPROVERS_MAX).exactOptional(),
  decideFrom: z.array(door).min(1).max(10).exactOptional(),
  minApprovals: z.int().min(1).max(MIN_APPROVALS_MAX).exactOptional(),
  allowSelfApproval: z.boolean().exactOptional(),
  requireReason: z.boolean().exactOptional(),
  minReasonLength: z.int().min(1).max(REASON_MAX).exactOptional(),
  requireDecisionReason: z.boolean().exactOptional(),
  defaultDuration: duration.exactOptional(),
  maxDuration: duration.exactOptional(),
  requestTtl: duration.exactOptional(),
  maxUses: z.int().min(1).max(INT_MAX).exactOptional(),
  channel: slackChannelId.exactOptional(),
});
export type PolicyDocument = z.input<typeof policyDocument>;

export const policy = z.object({
  id: z.string(),
  version: z.int(),
  uri: z.string(),
  name: z.string(),
  permissions: z.array(operation),
  requiresApproval: z.boolean(),
  approvers: z.array(z.string()).optional(),
  decideFrom: z.array(door),
  minApprovals: z.int(),
  allowSelfApproval: z.boolean(),
  requireReason: z.boolean().optional(),
  minReasonLength: z.int(),
  requireDecisionReason: z.boolean(),
  defaultDuration: z.string(),
  maxDuration: z.string(),
  requestTtl: z.string(),
  maxUses: z.int().optional(),
  channel: z.string().optional(),
});
export type WirePolicy = z.output<typeof policy>;

/** `warnings` are sentences for whoever wrote it; the policy holds all the same. */
export const configured = z.object({ policy, warnings: z.array(z.string()) });
export type WireConfigured = z.output<typeof configured>;

export const policyRoutes = {
  list: {
    ...bare,
    method: 'GET',
    path: '/resources',
    summary: 'The policies in force.',
    answer: listOf(policy),
  },
  merge: {
    ...bare,
    method: 'PATCH',
    path: '/resources',
    summary: 'Merge into the policy of a pattern, or make it.',
    body: policyDocument,
    answer: configured,
  },
  replace: {
    ...bare,
    method: 'PUT',
    path: '/resources',
    summary: 'Replace the policy of a pattern; what is not named gets its default.',
    body: policyDocument,
    answer: configured,
  },
} as const satisfies Record<string, Route>;
