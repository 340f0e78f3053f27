/** Searches the audit trail by columns that are derived from the hashed bytes. */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import { covers } from '../domain/pattern.js';
import { seesEvent } from '../domain/visibility.js';
import type { AuditFilter, AuditReads } from '../ports/index.js';
import { auditCounts } from './audit-counts.js';
import { readTrail } from './audit-trail.js';
import { listed } from './page.js';
import type { Sql } from './sql.js';
import { eventVisible, isExact } from './visibility.js';

interface EventRow {
  readonly sequence: string;
  /** As it was hashed. The field `door` is the entry point's name on record. */
  readonly body: Omit<AuditEvent, 'entryPoint'> & {
    readonly at: string;
    readonly door?: AuditEvent['entryPoint'];
  };
  readonly hash: Buffer;
}

/** Rows that are fetched at a time while filtering by a pattern or by visibility. */
const CHUNK = 500;

export function auditReads(sql: Sql): AuditReads {
  const chunk = (before: number | null, filter: AuditFilter, limit: number) => {
    const { since, until, type, actor, visibility } = filter;
    const { condition, parameters } = eventVisible(visibility, 7);
    return sql<EventRow>(
      `select sequence, body, hash from audit_event
       where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
         and ($3::text is null or body ->> 'type' = $3)
         and ($4::text is null or body -> 'actor' ->> 'name' = $4)
         and ($5::bigint is null or sequence < $5) and ${condition}
       order by sequence desc limit $6`,
      [since ?? null, until ?? null, type ?? null, actor ?? null, before, limit, ...parameters],
    );
  };

  return {
    count: auditCounts(sql),

    trail: (after, limit) => readTrail(sql, after, limit),

    async list(filter, { limit, after }) {
      const { resource, visibility } = filter;
      const wanted = (event: RecordedEvent) =>
        (visibility === undefined || seesEvent(visibility, event)) &&
        (resource === undefined || (event.resources ?? []).some((one) => covers(resource, one)));
      const exact = resource === undefined && isExact(visibility);
      const found: RecordedEvent[] = [];
      let before = after === undefined ? null : Number(after);
      for (;;) {
        const rows = await chunk(before, filter, exact ? limit + 1 : CHUNK);
        found.push(...rows.map(toEvent).filter(wanted));
        const last = rows.at(-1);
        const complete = exact || rows.length < CHUNK || found.length > limit;
        if (!last || complete) return listed(found, limit, ({ sequence }) => String(sequence));
        before = Number(last.sequence);
      }
    },
  };
}

const toEvent = ({ sequence, body: { door, ...body }, hash }: EventRow): RecordedEvent => ({
  ...body,
  ...(door && { entryPoint: door }),
  sequence: Number(sequence),
  hash: hash.toString('hex'),
});
