/** Approvals on the wire: ask, look, wait, decide, withdraw. */

import { z } from 'zod';
import {
  NAME_MAX,
  RESOURCES_MAX,
  WAIT_DEFAULT_SECONDS,
  WAIT_MAX_SECONDS,
} from '../domain/limits.js';
import { ENTRY_POINTS, VERDICTS } from '../domain/vocabulary.js';
import {
  approvalId,
  approvalStatus,
  digest,
  duration,
  operation,
  page,
  reason,
  timestamp,
  uri,
} from './fields.js';
import { grant } from './grant.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

export const approval = z.object({
  id: approvalId,
  status: approvalStatus,
  operation,
  resources: z.array(z.string()),
  /** The requester's own words: unverified. */
  reason: z.string(),
  duration: z.string(),
  /** What the requesting program calls itself: unverified. */
  claimedClient: z.string().optional(),
  requester: z.object({ name: z.string(), owner: z.string() }),
  /** How often the same question was asked while pending. */
  asked: z.int(),
  policy: z.string(),
  policyVersion: z.int(),
  /** Stands for everything above that a decision depends on: send it back with the decision. */
  digest,
  createdAt: timestamp,
  expiresAt: timestamp,
  settledAt: timestamp.optional(),
  settledBy: z.string().optional(),
  decisionReason: z.string().optional(),
  /** How long access was granted for; at most `duration`. */
  granted: z.string().optional(),
  /** Those of `resources` that access was granted to. */
  grantedResources: z.array(z.string()).optional(),
  /** Why no person was asked, or why one was, in words. Only for whoever may see policies. */
  conditions: z.string().optional(),
});
described.add(approval, { id: 'Approval' });
export type WireApproval = z.output<typeof approval>;

/** An approval and the grant that came of it. */
export const access = z.object({ ...approval.shape, grant: grant.optional() });
described.add(access, { id: 'Access' });
export type WireAccess = z.output<typeof access>;

/** What somebody who may decide sees besides. */
const deciding = z.object({
  policyName: z.string(),
  /** E-mail addresses and Slack user ids. */
  approvers: z.array(z.string()),
  minApprovals: z.int(),
  approvals: z.int(),
  requireDecisionReason: z.boolean(),
});

const approvalDetail = z.object({ ...access.shape, deciding: deciding.optional() });
described.add(approvalDetail, { id: 'ApprovalDetail' });
export type WireApprovalDetail = z.output<typeof approvalDetail>;

const params = z.strictObject({ id: approvalId });

export const approvalRoutes = {
  request: {
    ...noInput,
    method: 'POST',
    path: '/approvals',
    summary: 'Ask for access. Answers at once; never waits for a person.',
    scopes: ['access:request'],
    body: z.strictObject({
      resources: z.array(uri).min(1).max(RESOURCES_MAX),
      operation,
      reason,
      duration: duration.optional(),
      renew: z.boolean().optional(),
      claimedClient: z.string().max(NAME_MAX).optional(),
    }),
    answer: access,
  },
  list: {
    ...noInput,
    method: 'GET',
    path: '/approvals',
    summary: 'Approvals that you may see, newest first.',
    scopes: [],
    query: z.strictObject({ ...page.shape, status: approvalStatus.optional() }),
    answer: listOf(approval),
  },
  show: {
    ...noInput,
    method: 'GET',
    path: '/approvals/:id',
    summary: 'One approval, with its grant and, for people who decide, who may decide it.',
    scopes: [],
    params,
    answer: approvalDetail,
  },
  wait: {
    ...noInput,
    method: 'GET',
    path: '/approvals/:id/wait',
    summary: 'Wait until an approval of your own is decided, or the seconds are over.',
    scopes: ['access:request'],
    params,
    query: z.strictObject({
      seconds: z.coerce.number().int().min(0).max(WAIT_MAX_SECONDS).default(WAIT_DEFAULT_SECONDS),
    }),
    answer: access,
  },
  decide: {
    ...noInput,
    method: 'POST',
    path: '/approvals/:id/decision',
    summary: 'Approve or deny, as the person who owns the key.',
    scopes: ['approvals:decide'],
    params,
    body: z.strictObject({
      action: z.enum(VERDICTS),
      reason: reason.optional(),
      duration: duration.optional(),
      /** Of those asked for, the ones to grant. Absent: all. */
      resources: z.array(uri).min(1).max(RESOURCES_MAX).optional(),
      digest: digest.optional(),
      /** What the client calls itself: recorded as its own claim, decides nothing. The entry point follows from the key. */
      door: z.enum(ENTRY_POINTS).exclude(['slack']).optional(),
    }),
    answer: approval,
  },
  cancel: {
    ...noInput,
    method: 'POST',
    path: '/approvals/:id/cancel',
    summary: 'Withdraw a pending request.',
    scopes: [],
    params,
    answer: approval,
  },
} as const satisfies Record<string, Route>;
