/** Reads the events that a search of the audit trail finds. */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import { seesEvent, type VisibilityScope } from '../domain/visibility.js';
import { type AuditSearch, newParameters, selectEvents, type Window } from './audit-search.js';
import type { Sql } from './sql.js';

interface EventRow {
  readonly sequence: string;
  /** As it was hashed. The field `door` is the entry point's name on record. */
  readonly body: Omit<AuditEvent, 'entryPoint'> & {
    readonly at: string;
    readonly door?: AuditEvent['entryPoint'];
  };
  readonly hash: Buffer;
}

/** Events that are read at a time while filtering by the domain's rule: few, so that other work comes in between. */
const CHUNK = 100;

/** The events of the window that meet the search and the visibility rule, newest first and some at a time. Of an exact search, `wanted` at a time. */
export async function* visibleEvents(
  sql: Sql,
  search: AuditSearch,
  { low, high }: Window,
  visibility: VisibilityScope | undefined,
  wanted: number = CHUNK,
): AsyncGenerator<readonly RecordedEvent[]> {
  const sees = (event: RecordedEvent) => visibility === undefined || seesEvent(visibility, event);
  const size = search.exact ? wanted : CHUNK;
  if (search.branches.length === 0) return;
  let before = high;
  for (;;) {
    const { values, bind } = newParameters();
    const range = { low, high: before };
    const events = selectEvents(search, 'sequence, body, hash', range, bind, size);
    const rows = await sql<EventRow>(
      `select distinct on (sequence) * from (${events}) e order by sequence desc limit ${bind(size)}`,
      values,
    );
    const last = rows.at(-1);
    if (last) yield rows.map(toEvent).filter(sees);
    if (!last || rows.length < size) return;
    before = Number(last.sequence);
  }
}

const toEvent = ({ sequence, body: { door, ...body }, hash }: EventRow): RecordedEvent => ({
  ...body,
  ...(door && { entryPoint: door }),
  sequence: Number(sequence),
  hash: hash.toString('hex'),
});
