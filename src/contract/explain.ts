/** Explaining a possible request in the API. */

import { z } from 'zod';
import { NAME_MAX } from '../domain/limits.js';
import { duration, operation, uri } from './fields.js';
import { noInput, type Route } from './route.js';
import { described } from './schema-names.js';

const condition = z.object({ condition: z.string(), text: z.string() });

const explanation = z.object({
  resource: z.string(),
  operation,
  /** Name of the API key that would make the request. */
  requester: z.string(),
  outcome: z.enum(['asked', 'granted', 'refused']),
  /** Refusal code. */
  code: z.string().optional(),
  /** Explains the outcome in a sentence. */
  why: z.string(),
  /** Duration that the request would ask for. */
  duration: z.string().optional(),
  defaultDuration: z.string().optional(),
  maxDuration: z.string().optional(),
  /** Absent when no reason is required. */
  minReasonLength: z.int().optional(),
  /** Absent when auto-approval is off. */
  conditions: z.object({ held: z.array(condition), failed: z.array(condition) }).optional(),
  /** How much of its limits the key has used. Absent when the question is about another time. */
  limits: z
    .object({
      pending: z.int(),
      maxPending: z.int(),
      lastHour: z.int(),
      maxPerHour: z.int(),
    })
    .optional(),
  /** Only for callers that may see policies. */
  policy: z
    .object({ id: z.string(), uri: z.string(), name: z.string(), version: z.int() })
    .optional(),
  /** Who could decide. Only for callers that may see policies. */
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
  summary:
    'Explain what would happen if you, or another key, requested this access. Creates no request.',
  scopes: ['access:request', 'resources:manage', 'approvals:decide'],
  query: z.strictObject({
    resource: uri,
    operation,
    duration: duration.optional(),
    /** Name of another API key. */
    as: z
      .string()
      .max(NAME_MAX)
      // PostgreSQL cannot compare text with a NUL character.
      .regex(/^[^\p{C}]+$/u)
      .optional(),
    /** A time other than now: RFC 3339, or a date in UTC. */
    at: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], {
        error: 'not a time; use a time such as 2026-05-01T22:00:00Z',
      })
      .optional(),
  }),
  answer: explanation,
} as const satisfies Route;
