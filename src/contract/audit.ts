/** The audit trail in the API. */

import { z } from 'zod';
import { EMAIL_MAX, URI_MAX_BYTES } from '../domain/limits.js';
import { AUDIT_GROUPINGS, ENTRY_POINTS, VERDICTS } from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import { CURSOR, eventType, moment, page, timestamp, uri } from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

/** Types are plain strings here, so that an older client can show events of a newer server. */
const auditEvent = z.object({
  sequence: z.int(),
  /** UTC with microseconds, from the database's clock. */
  at: timestamp,
  type: z.string(),
  actor: z.object({
    kind: z.string(),
    id: z.string(),
    name: z.string(),
    /** Of a key: its class and its owner's e-mail address. A key's own view leaves them out. */
    class: z.string().optional(),
    owner: z.string().optional(),
  }),
  approval: z.string().optional(),
  grant: z.string().optional(),
  principal: z.string().optional(),
  resources: z.array(z.string()).optional(),
  operation: z.string().optional(),
  door: z.string().optional(),
  refusal: z.string().optional(),
  reason: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  /** What the event did, as one line for people. Derived from the event: not hashed, and not for programs to parse. */
  summary: z.string().optional(),
  /** Lower-case hex. Covers this event and the previous hash. */
  hash: z.string(),
});
described.add(auditEvent, { id: 'AuditEvent' });
export type WireAuditEvent = z.output<typeof auditEvent>;

export const verdict = z.enum(VERDICTS);
export const entryPoint = z.enum(ENTRY_POINTS);

/** Filters for listing and for counting events. */
const filter = {
  since: moment.optional(),
  until: moment.optional(),
  resource: uri.optional(),
  /** API key name, or e-mail address of a person. */
  actor: z
    .string()
    .max(EMAIL_MAX)
    .regex(/^[^\p{C}]+$/u, accepts('a name', 'an API key name or an e-mail address'))
    .optional(),
  type: eventType.optional(),
  /** Only votes, decisions and refused attempts to decide, with this verdict. */
  verdict: verdict.optional(),
  /** The event's `door`. */
  entryPoint: entryPoint.optional(),
};

const resourceCount = z.object({ resource: z.string(), count: z.int() });
described.add(resourceCount, { id: 'ResourceCount' });
export type WireResourceCount = z.output<typeof resourceCount>;

/** `name`: an actor, an action (the event's type), an outcome, or the beginning of an hour in UTC. */
const groupCount = z.object({ name: z.string(), count: z.int() });
described.add(groupCount, { id: 'GroupCount' });
export type WireGroupCount = z.output<typeof groupCount>;

export const auditGrouping = z.enum(AUDIT_GROUPINGS);

/** Maximum number of links in one answer. */
export const CHAIN_PAGE = 1000;

const link = z.object({ sequence: z.int(), hash: z.string() });
const text = z.string();

/** One partition of the trail. Times are UTC with microseconds. */
const partition = z.object({
  name: text,
  first: z.int(),
  /** Last sequence and its hash; null while the partition is open. */
  last: z.int().nullable(),
  hash: text.nullable(),
  openedAt: text,
  closedAt: text.nullable(),
  /** Null while the partition is attached. */
  detachedAt: text.nullable(),
  /** Whether a proof under the master key shows that an operator detached it. Absent in answers of older servers. */
  proven: z.boolean().optional(),
});
described.add(partition, { id: 'AuditPartition' });

export const auditRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/audit',
    summary:
      'List audit events, newest first. Admins and auditors see all events; people see events of their own keys and of policies that name them; a key sees what it did and how its requests ended. One call looks at a bounded number of events: a page may have fewer items than its limit, or none, although there is a next page.',
    scopes: ['audit:read'],
    query: z.strictObject({
      ...page.shape,
      /** Sequence number: the page has older events. */
      after: z
        .string()
        .regex(/^\d{1,15}$/, CURSOR)
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
      'Count how often each resource was read, written or deleted, most used first. With a type or a verdict, count those events. With another groupBy, count all events that the filter finds: by actor, action (the type), hour, or outcome (`approved` or `denied`, the code of a refusal, else `done`). Where one call counts a bounded number of events, the newest first, the pages go on with older events, so that a group may appear again. Add its counts.',
    scopes: ['audit:read'],
    query: z.strictObject({
      ...page.shape,
      /** The `next` of the previous page. */
      after: z
        .string()
        .max(URI_MAX_BYTES + 40)
        .regex(/^\d{1,15}(?::\d{1,15}:[^\0]+)?$/, CURSOR)
        .optional(),
      ...filter,
      groupBy: auditGrouping.default('resource'),
    }),
    answer: listOf(z.union([resourceCount, groupCount])),
  },
  chain: {
    ...noInput,
    method: 'GET',
    path: '/audit/chain',
    summary: 'Get the hashed audit trail, oldest first, to verify it. For admins and auditors.',
    scopes: ['audit:read'],
    query: z.strictObject({
      after: z
        .string()
        .regex(/^\d{1,15}$/, CURSOR)
        .default('0'),
    }),
    answer: z.object({
      installation: z.string(),
      /** Position of the newest event as the database stores it. Absent when that row is missing. */
      head: link.optional(),
      /** Last link of the detached part, if older events were detached. */
      anchor: link.optional(),
      partitions: z.array(partition),
      /** `canonical` is hashed. The columns `at` and `body` (JSON) must agree with it. */
      links: z.array(link.extend({ canonical: text, at: text, body: text })),
    }),
  },
} as const satisfies Record<string, Route>;
