/** The audit trail on the wire. */

import { z } from 'zod';
import { EMAIL_MAX, URI_MAX_BYTES } from '../domain/limits.js';
import { eventType, moment, page, timestamp, uri } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

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
described.add(auditEvent, { id: 'AuditEvent' });
export type WireAuditEvent = z.output<typeof auditEvent>;

/** What both ways to look at the trail can be narrowed to. */
const filter = {
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
};

const resourceCount = z.object({ resource: z.string(), count: z.int() });
described.add(resourceCount, { id: 'ResourceCount' });
export type WireResourceCount = z.output<typeof resourceCount>;

/** Links that one answer holds at most. */
export const CHAIN_PAGE = 1000;

const link = z.object({ sequence: z.int(), hash: z.string() });

export const auditRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/audit',
    summary:
      'What happened, newest first: all of it for admins and auditors, else what your keys and the policies that name you have to do with.',
    scopes: ['audit:read'],
    query: z.strictObject({
      ...page.shape,
      /** The number of the last event that was seen. */
      after: z
        .string()
        .regex(/^\d{1,15}$/)
        .optional(),
      ...filter,
    }),
    answer: listOf(auditEvent),
  },
  count: {
    ...noInput,
    method: 'GET',
    path: '/audit/counts',
    summary:
      'How often each resource was read, written or deleted, the most used first; with a type, how often that happened to it.',
    scopes: ['audit:read'],
    query: z.strictObject({
      ...page.shape,
      /** The count and the resource that were seen last. */
      after: z
        .string()
        .max(URI_MAX_BYTES + 20)
        .regex(/^\d{1,15}:[\x21-\x7e]+$/)
        .optional(),
      ...filter,
      groupBy: z.literal('resource').default('resource'),
    }),
    answer: listOf(resourceCount),
  },
  chain: {
    ...noInput,
    method: 'GET',
    path: '/audit/chain',
    summary:
      'The audit trail as it was hashed, oldest first, for whoever checks it. Admins and auditors.',
    scopes: ['audit:read'],
    query: z.strictObject({
      after: z
        .string()
        .regex(/^\d{1,15}$/)
        .default('0'),
    }),
    answer: z.object({
      installation: z.string(),
      head: link,
      /** Where it begins, when older parts were detached: the last link of those. */
      anchor: link.optional(),
      links: z.array(link.extend({ canonical: z.string() })),
    }),
  },
} as const satisfies Record<string, Route>;
