/** What would happen if somebody asked, on the wire. */

import { z } from 'zod';
import { NAME_MAX } from '../domain/limits.js';
import { duration, operation, uri } from './fields.js';
import { noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const condition = z.object({ condition: z.string(), text: z.string() });

const explanation = z.object({
  resource: z.string(),
  operation,
  /** The name of the key that would ask. */
  requester: z.string(),
  outcome: z.enum(['asked', 'granted', 'refused']),
  /** Of a refusal. */
  code: z.string().optional(),
  /** Why, as a sentence. */
  why: z.string(),
  /** Of the grant that this question would ask for. */
  duration: z.string().optional(),
  defaultDuration: z.string().optional(),
  maxDuration: z.string().optional(),
  /** Absent where none is needed. */
  minReasonLength: z.int().optional(),
  /** Absent where auto-approval is off. */
  conditions: z.object({ held: z.array(condition), failed: z.array(condition) }).optional(),
  /** How much of its limits the key has used; absent where another time is asked about. */
  limits: z
    .object({
      pending: z.int(),
      maxPending: z.int(),
      lastHour: z.int(),
      maxPerHour: z.int(),
    })
    .optional(),
  /** For whoever may see policies. */
  policy: z
    .object({ id: z.string(), uri: z.string(), name: z.string(), version: z.int() })
    .optional(),
  /** For whoever may see policies: who could decide. */
  deciding: z
    .object({
      approvers: z.array(z.string()),
      minApprovals: z.int(),
      escalateTo: z.array(z.string()).optional(),
      escalateAfter: z.string().optional(),
    })
    .optional(),
});
described.add(explanation, { id: 'Explanation' });
export type WireExplanation = z.output<typeof explanation>;

export const explainRoute = {
  ...noInput,
  method: 'GET',
  path: '/explain',
  summary: 'What would happen if you, or another key, asked for this. Asks nobody.',
  scopes: ['access:request', 'resources:manage', 'approvals:decide'],
  query: z.strictObject({
    resource: uri,
    operation,
    duration: duration.optional(),
    /** The name of another key. */
    as: z.string().min(1).max(NAME_MAX).optional(),
    /** Another time: RFC 3339, or a date in UTC. */
    at: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], {
        error: 'a time is written like 2026-05-01T22:00:00Z',
      })
      .optional(),
  }),
  answer: explanation,
} as const satisfies Route;
