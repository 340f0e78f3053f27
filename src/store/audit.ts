/** Reads the audit trail by columns that are derived from the hashed bytes. */

import type { RecordedEvent } from '../domain/audit-event.js';
import type { AuditReads } from '../ports/index.js';
import { auditCounts } from './audit-counts.js';
import { visibleEvents } from './audit-events.js';
import { auditSearch, windowOf } from './audit-search.js';
import { readTrail } from './audit-trail.js';
import type { Sql } from './sql.js';

/** Events that one call looks at. */
const LOOKED_MAX = 5000;

export function auditReads(sql: Sql): AuditReads {
  return {
    count: auditCounts(sql),

    trail: (after, limit) => readTrail(sql, after, limit),

    async list(filter, { limit, after }) {
      const search = auditSearch(filter);
      const before = after === undefined ? undefined : Number(after);
      const window = await windowOf(sql, search, filter, before, LOOKED_MAX);
      const found: RecordedEvent[] = [];
      for await (const events of visibleEvents(sql, search, window, filter.visibility, limit + 1)) {
        found.push(...events);
        if (found.length > limit) break;
      }
      const items = found.slice(0, limit);
      const last = items.at(-1);
      if (found.length > limit && last) return { items, next: String(last.sequence) };
      return window.more ? { items, next: String(window.low) } : { items };
    },
  };
}
