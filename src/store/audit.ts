/** Reads the audit trail by columns that are derived from the hashed bytes. */

import type { RecordedEvent } from '../domain/audit-event.js';
import type { AuditFilter, AuditReads } from '../ports/index.js';
import { auditCounts } from './audit-counts.js';
import { visibleEvents } from './audit-events.js';
import {
  type AuditSearch,
  auditSearch,
  type IndexedKeys,
  keysOf,
  type Window,
  windowOf,
} from './audit-search.js';
import { readTrail } from './audit-trail.js';
import type { Sql } from './sql.js';

/**
 * Events of one branch that one call looks at: more where the database applies the whole rule and finds the numbers without the events than
 * where it reads each event to find its number, or compares each with the domain's rule.
 */
const LOOKED_MAX = { quick: 5000, slow: 1000 };

export function auditReads(sql: Sql): AuditReads {
  return {
    count: auditCounts(sql),

    trail: (after, limit) => readTrail(sql, after, limit),

    async list(filter, { limit, after }) {
      const found: RecordedEvent[] = [];
      let low = 0;
      let more = false;
      for await (const { search, window } of partsOf(sql, filter, after)) {
        ({ low, more } = window);
        const events = visibleEvents(sql, search, window, filter.visibility, limit + 1);
        for await (const some of events) {
          found.push(...some);
          if (found.length > limit) break;
        }
        if (found.length > limit) break;
      }
      const items = found.slice(0, limit);
      const last = items.at(-1);
      if (found.length > limit && last) return { items, next: String(last.sequence) };
      return more ? { items, next: String(low) } : { items };
    },
  };
}

interface Part {
  readonly search: AuditSearch;
  readonly window: Window;
}

/** What one call looks at, newest first: the events that the job has not come to, if there are few, and then those that have keys. */
async function* partsOf(
  sql: Sql,
  filter: AuditFilter,
  after: string | undefined,
): AsyncGenerator<Part> {
  let before = after === undefined ? undefined : Number(after);
  const keys = await indexedKeys(sql, filter);
  const search = auditSearch(filter, keys);
  const isQuick = search.exact && search.branches.every(({ indexed }) => !indexed);
  const bound = isQuick ? LOOKED_MAX.quick : LOOKED_MAX.slow;
  if (search.upTo !== undefined) {
    const recent = { ...search, branches: [{}] };
    const above = search.upTo + 1;
    const window = await windowOf(sql, recent, filter, { before, above, bound: LOOKED_MAX.quick });
    const isCut = window.more && window.low > above;
    if (window.low < window.high) yield { search: recent, window: { ...window, more: isCut } };
    if (isCut) return;
    before = Math.min(before ?? above, above);
  }
  yield { search, window: await windowOf(sql, search, filter, { before, bound }) };
}

async function indexedKeys(sql: Sql, filter: AuditFilter): Promise<IndexedKeys | undefined> {
  const keys = keysOf(filter);
  if (!keys) return undefined;
  const rows = await sql<{ sequence: string; id: number | null; key: string | null }>(
    `select i.sequence, k.id, k.key from audit_indexed i left join audit_key k on k.key = any($1::text[])`,
    [keys],
  );
  const ids = rows.flatMap(({ id, key }) =>
    id === null || key === null ? [] : [[key, id] as const],
  );
  return { upTo: Number(rows[0]?.sequence ?? 0), ids: new Map(ids) };
}
