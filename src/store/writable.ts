/** Whether the database accepts writes. */

import type { DataSource } from 'typeorm';
import { sqlOn } from './sql.js';

/**
 * Commits a record that says nothing, which needs a primary, room on the disk and, with synchronous replication, a replica. The update,
 * which finds no row, is refused in a read-only session.
 */
const WRITE = `with refused_when_read_only as (update installation set id = id where false)
  select pg_logical_emit_message(true, 'vsecure', 'ready')`;

/** Throws UnavailableError when it does not. */
export async function checkWritable(dataSource: DataSource): Promise<void> {
  await sqlOn(dataSource)(WRITE);
}
