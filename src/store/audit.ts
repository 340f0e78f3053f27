/** Searches the audit trail by what is derived from the hashed bytes. */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import { covers } from '../domain/pattern.js';
import type { AuditReads } from '../domain/ports.js';
import { listed } from './listed.js';
import type { Sql } from './sql.js';

interface EventRow {
  readonly sequence: string;
  readonly body: AuditEvent & { readonly at: string };
  readonly hash: Buffer;
}

/** Rows fetched at a time while looking for those that a pattern covers. */
const CHUNK = 500;

export function auditReads(sql: Sql): AuditReads {
  const chunk: (
    before: number | null,
    filter: Parameters<AuditReads['list']>[0],
    limit: number,
  ) => Promise<EventRow[]> = (before, { since, until, type, actor, principal }, limit) =>
    sql<EventRow>(
      `select sequence, body, hash from audit_event
       where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
         and ($3::text is null or body ->> 'type' = $3)
         and ($4::text is null or body -> 'actor' ->> 'name' = $4)
         and ($5::text is null or body ->> 'principal' = $5) and ($6::bigint is null or sequence < $6)
       order by sequence desc limit $7`,
      [since ?? null, until ?? null, type ?? null, actor ?? null, principal ?? null, before, limit],
    );

  return {
    async list(filter, { limit, after }) {
      const { resource } = filter;
      const wanted = (event: RecordedEvent) =>
        resource === undefined || (event.resources ?? []).some((one) => covers(resource, one));
      const found: RecordedEvent[] = [];
      let before = after === undefined ? null : Number(after);
      for (;;) {
        const rows = await chunk(before, filter, resource === undefined ? limit + 1 : CHUNK);
        found.push(...rows.map(toEvent).filter(wanted));
        const last = rows.at(-1);
        const complete = resource === undefined || rows.length < CHUNK || found.length > limit;
        if (!last || complete) return listed(found, limit, ({ sequence }) => String(sequence));
        before = Number(last.sequence);
      }
    },
  };
}

const toEvent = ({ sequence, body, hash }: EventRow): RecordedEvent => ({
  ...body,
  sequence: Number(sequence),
  hash: hash.toString('hex'),
});
