/** Exports the audit trail for other programs, a part at a time: as CSV for spreadsheets, as JSON Lines for a reader who computes the chain. */

import type { AuditEvent, AuditQuery } from '../sdk/index.js';
import type { Io } from './io.js';

const CSV_COLUMNS: readonly (readonly [
  header: string,
  cell: (event: AuditEvent) => string | number | undefined,
])[] = [
  ['sequence', ({ sequence }) => sequence],
  ['time', ({ at }) => at],
  ['action', ({ type }) => type],
  ['actor', ({ actor }) => actor.name],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_class', ({ actor }) => actor.class],
  ['actor_owner', ({ actor }) => actor.owner],
  ['entry_point', ({ door }) => door],
  ['operation', ({ operation }) => operation],
  ['what', ({ summary }) => summary],
  ['resources', ({ resources }) => resources?.join(' ')],
  ['approval', ({ approval }) => approval],
  ['grant', ({ grant }) => grant],
  ['refused', ({ refusal }) => refusal],
  ['reason', ({ reason }) => reason],
  ['hash', ({ hash }) => hash],
];

/** The events of the filter, newest first. A spreadsheet would compute a cell that begins like a formula, so such a cell gets an apostrophe. */
export async function exportCsv(io: Io, filter: AuditQuery): Promise<void> {
  const { stringify } = await import('csv-stringify/sync');
  const lines = (rows: readonly (readonly (string | number | undefined)[])[]) =>
    stringify([...rows], { escape_formulas: true, record_delimiter: 'windows' });
  io.csv(lines([CSV_COLUMNS.map(([header]) => header)]));
  for await (const events of io.client().mcp.auditPages(filter))
    if (events.length > 0)
      io.csv(lines(events.map((event) => CSV_COLUMNS.map(([, cell]) => cell(event)))));
}

/** Every event, oldest first: a chain with gaps could not be computed. */
export async function exportJsonLines(io: Io): Promise<void> {
  for await (const event of io.client().mcp.exportAudit()) io.jsonLine(event);
}
