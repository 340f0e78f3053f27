/** Whole sets of policies on the wire: applied in one transaction, or only tried against what was asked before. */

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
  /** What differs, a line for each field. */
  lines: z.array(z.string()),
  /** Why more is possible than before; empty when nothing is looser. */
  loosens: z.array(z.string()),
  warnings: z.array(z.string()),
});
described.add(applied, { id: 'AppliedPolicy' });
export type WireAppliedPolicy = z.output<typeof applied>;

const outcome = z.enum(['asked', 'granted', 'refused']);

/** One recorded request that would go another way. */
const changed = z.object({
  approval: approvalId,
  at: timestamp,
  requester: z.string(),
  operation,
  resources: z.array(z.string()),
  /** What happened: a person was asked, or it was granted at once. */
  recorded: outcome,
  /** How that ended. */
  status: approvalStatus,
  proposed: outcome,
  /** Why it would be refused. */
  code: z.string().optional(),
});
described.add(changed, { id: 'ReplayedRequest' });
export type WireReplayedRequest = z.output<typeof changed>;

const simulation = z.object({
  since: timestamp,
  /** Requests that were replayed. */
  replayed: z.int(),
  unchanged: z.int(),
  /** A person was asked; it would be granted at once. */
  askedToGranted: z.int(),
  /** Of those, how many a person had in fact denied. */
  grantedThoughDenied: z.int(),
  /** It was granted at once; a person would be asked. */
  grantedToAsked: z.int(),
  /** It would not even be asked. */
  refused: z.int(),
  /** The oldest first; those that a person had denied are always among them. */
  changes: z.array(changed),
  /** Changes beyond those listed. */
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
      /** Remove every policy that is not among them. */
      prune: z.boolean().optional(),
      /** Only say what would change. */
      dryRun: z.boolean().optional(),
    }),
    answer: listOf(applied),
  },
  simulate: {
    ...noInput,
    method: 'POST',
    path: '/simulate',
    summary: 'What would have happened to past requests under these policies. Changes nothing.',
    scopes: ['resources:manage'],
    body: z.strictObject({ policies, prune: z.boolean().optional(), since: moment }),
    answer: simulation,
  },
} as const satisfies Record<string, Route>;
