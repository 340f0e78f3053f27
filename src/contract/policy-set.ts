/** Sets of policies on the wire: applied in one transaction, or replayed over past requests. */

import { z } from 'zod';
import { POLICIES_MAX } from '../domain/limits.js';
import { accepts } from './accepted-values.js';
import { approvalId, approvalStatus, moment, operation, timestamp } from './fields.js';
import { policyDocument } from './policy-document.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const LIST = accepts(`a list of at most ${POLICIES_MAX} policies`);
const policies = z.array(policyDocument, LIST).max(POLICIES_MAX, LIST);

const applied = z.object({
  uri: z.string(),
  outcome: z.enum(['created', 'changed', 'unchanged', 'removed']),
  /** The difference, one line for each field. */
  lines: z.array(z.string()),
  /** Why more is possible than before; empty when nothing is looser. */
  loosens: z.array(z.string()),
  warnings: z.array(z.string()),
});
described.add(applied, { id: 'AppliedPolicy' });
export type WireAppliedPolicy = z.output<typeof applied>;

const outcome = z.enum(['asked', 'granted', 'refused']);

/** A past request that would end differently. */
const changed = z.object({
  approval: approvalId,
  at: timestamp,
  requester: z.string(),
  operation,
  resources: z.array(z.string()),
  /** What happened: a person had to decide, or the policy granted it at once. */
  recorded: outcome,
  /** The status of the past request. */
  status: approvalStatus,
  proposed: outcome,
  /** Of the refusal, where the request would be refused. */
  code: z.string().optional(),
});
described.add(changed, { id: 'ReplayedRequest' });
export type WireReplayedRequest = z.output<typeof changed>;

const simulation = z.object({
  since: timestamp,
  /** Requests that were replayed. */
  replayed: z.int(),
  unchanged: z.int(),
  /** A person had to decide; the policy would grant it at once. */
  askedToGranted: z.int(),
  /** Those of them that a person denied. */
  grantedThoughDenied: z.int(),
  /** The policy granted it at once; a person would have to decide. */
  grantedToAsked: z.int(),
  /** The policy would refuse it. */
  refused: z.int(),
  /** Oldest first. Always includes the requests that a person denied. */
  changes: z.array(changed),
  /** Further changes that are not listed. */
  unlisted: z.int(),
});
described.add(simulation, { id: 'Simulation' });
export type WireSimulation = z.output<typeof simulation>;

export const policySetRoutes = {
  apply: {
    ...noInput,
    method: 'PUT',
    path: '/policies',
    summary: 'Replace several policies at once, all of them or none.',
    scopes: ['resources:manage'],
    body: z.strictObject({
      policies,
      /** Remove every policy that is not in the list. */
      prune: z.boolean().optional(),
      /** Only report what would change. */
      dryRun: z.boolean().optional(),
    }),
    answer: listOf(applied),
  },
  simulate: {
    ...noInput,
    method: 'POST',
    path: '/simulate',
    summary: 'Replay past requests under these policies. Changes nothing.',
    scopes: ['resources:manage'],
    body: z.strictObject({ policies, prune: z.boolean().optional(), since: moment }),
    answer: simulation,
  },
} as const satisfies Record<string, Route>;
