/** The audit trail on the wire. */

import { z } from 'zod';
import { EMAIL_MAX } from '../domain/limits.js';
import { eventType, moment, page, timestamp, uri } from './fields.js';
import { bare, listOf, type Route } from './route.js';

/** Words are open here, so that an older client can show what a newer server recorded. */
const auditEvent = z.object({
  sequence: z.int(),
  /** UTC with microseconds, by the database's clock. */
  at: timestamp,
  type: z.string(),
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  approval: z.string().optional(),
  grant: z.string().optional(),
  principal: z.string().optional(),
  resources: z.array(z.string()).optional(),
  operation: z.string().optional(),
  door: z.string().optional(),
  refusal: z.string().optional(),
  reason: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  /** Lower-case hex; covers the event and the one before it. */
  hash: z.string(),
});
export type WireAuditEvent = z.output<typeof auditEvent>;

export const auditRoute = {
  ...bare,
  method: 'GET',
  path: '/audit',
  summary:
    'What happened, newest first: all of it for admins and auditors, else what your keys and the policies that name you have to do with.',
  query: z.strictObject({
    ...page.shape,
    /** The number of the last event that was seen. */
    after: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional(),
    since: moment.optional(),
    until: moment.optional(),
    resource: uri.optional(),
    /** A key's name or a person's e-mail. */
    actor: z
      .string()
      .max(EMAIL_MAX)
      .regex(/^[^\p{C}]+$/u)
      .optional(),
    type: eventType.optional(),
  }),
  answer: listOf(auditEvent),
} as const satisfies Route;
