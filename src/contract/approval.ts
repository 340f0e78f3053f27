/** Approvals in the API: request, read, wait, decide, cancel. */

import { z } from 'zod';
import {
  NAME_MAX,
  RESOURCES_MAX,
  WAIT_DEFAULT_SECONDS,
  WAIT_MAX_SECONDS,
} from '../domain/limits.js';
import { ENTRY_POINTS, SENSITIVITIES, VERDICTS } from '../domain/vocabulary.js';
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
  /** Written by the requester. Unverified. */
  reason: z.string(),
  /** A longer reason that the requester added later. Unverified. */
  updatedReason: z.string().optional(),
  duration: z.string(),
  /** Name that the requesting program gives itself. Unverified. */
  claimedClient: z.string().optional(),
  requester: z.object({ name: z.string(), owner: z.string() }),
  /** How often the same access was requested while the request was pending. */
  asked: z.int(),
  policy: z.string(),
  policyVersion: z.int(),
  /** Hash of everything above that a decision depends on. Send it back with the decision. */
  digest,
  createdAt: timestamp,
  expiresAt: timestamp,
  settledAt: timestamp.optional(),
  /** Absent for an agent key, which does not learn who decides. */
  settledBy: z.string().optional(),
  decisionReason: z.string().optional(),
  /** Of a denial: the approver asks for a better request, which may be made at once. Absent: the denial is final. */
  retry: z.literal('with_changes').optional(),
  /** The granted duration, at most `duration`. */
  granted: z.string().optional(),
  /** The granted resources, a subset of `resources`. */
  grantedResources: z.array(z.string()).optional(),
  /** Explains which auto-approval conditions were met and which were not. Only for callers that may see policies. */
  conditions: z.string().optional(),
});
described.add(approval, { id: 'Approval' });
export type WireApproval = z.output<typeof approval>;

/** An approval with its grant. */
export const access = z.object({ ...approval.shape, grant: grant.optional() });
described.add(access, { id: 'Access' });
export type WireAccess = z.output<typeof access>;

/** Additional fields for callers who may decide. */
const deciding = z.object({
  policyName: z.string(),
  /** E-mail addresses and Slack user ids. */
  approvers: z.array(z.string()),
  minApprovals: z.int(),
  approvals: z.int(),
  requireDecisionReason: z.boolean(),
  /** Absent in answers of older servers. */
  sensitivity: z.enum(SENSITIVITIES).optional(),
  /** What to check, most serious first: facts on record. After a decision, as its approver saw them. Absent in answers of older servers. */
  signals: z
    .array(z.object({ kind: z.string(), serious: z.boolean(), text: z.string() }))
    .optional(),
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
    summary: 'Request access. Answers immediately; never waits for a person.',
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
    summary: 'List the approvals that you may see, newest first.',
    scopes: [],
    query: z.strictObject({ ...page.shape, status: approvalStatus.optional() }),
    answer: listOf(approval),
  },
  show: {
    ...noInput,
    method: 'GET',
    path: '/approvals/:id',
    summary: 'Get one approval with its grant. People who decide also see the approvers.',
    scopes: [],
    params,
    answer: approvalDetail,
  },
  wait: {
    ...noInput,
    method: 'GET',
    path: '/approvals/:id/wait',
    summary: 'Wait until one of your own approvals is decided, or until the given seconds pass.',
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
      /** With `deny`: sends the request back. The requester may ask again at once, with changes. */
      retry: z.literal('with_changes').optional(),
      /** The requested resources to grant. Absent: all of them. */
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
    summary: 'Cancel a pending request.',
    scopes: [],
    params,
    answer: approval,
  },
} as const satisfies Record<string, Route>;
