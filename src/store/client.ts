/** Connections of this process to the database: all have an error listener, and the session settings that vsecure depends on. */

import pg from 'pg';
import { setSession } from '../ports/session-settings.js';

/** Milliseconds after which Postgres cancels a statement, so that no statement waits for a lock for ever. */
export const STATEMENT_TIMEOUT = 10_000;

/** Milliseconds that a transaction may be idle. Shorter than the statement timeout, so that a stopped process loses its locks before the statements that wait for them are cancelled. */
const IDLE_TIMEOUT = 5_000;

/** Sent at the start of a connection too: otherwise a shorter timeout of the role could cancel the statement that sets it. */
export const STARTUP_TIMEOUTS = {
  statement_timeout: STATEMENT_TIMEOUT,
  idle_in_transaction_session_timeout: IDLE_TIMEOUT,
} as const;

const SET_SESSION = setSession({ statement: STATEMENT_TIMEOUT, idleInTransaction: IDLE_TIMEOUT });

/**
 * A client that never ends the process: it has an error listener from its start, also while the pool hands it over. A connection that
 * breaks fails its statements, and the pool drops it.
 */
export class DatabaseClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}

/** Sets the session settings; nothing else may run on the connection before. Throws when the server refuses one. */
export async function prepareSession(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  await client.query(SET_SESSION);
}
