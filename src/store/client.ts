/** Connections of this process to the database: all have an error listener, time limits, and the session settings that vsecure depends on. */

import pg from 'pg';
import { differingSettings, setSession } from '../ports/session-settings.js';
import { answered } from './trouble.js';

/** Milliseconds after which Postgres cancels a statement, so that no statement waits for a lock for ever. */
const STATEMENT_TIMEOUT = 10_000;

/** Milliseconds that a transaction may be idle. Shorter than the statement timeout, so that a stopped process loses its locks before the statements that wait for them are cancelled. */
const IDLE_TIMEOUT = 5_000;

/** Milliseconds until a statement fails whose connection does not answer. Longer than Postgres' own limit, which keeps the connection. */
export const ANSWER_TIMEOUT = STATEMENT_TIMEOUT + 2_000;

/** Milliseconds to open a connection, or to wait for a free one of the pool. */
export const CONNECT_TIMEOUT = 5_000;

/** Sent at the start of a connection too: otherwise a shorter timeout of the role could cancel the statement that sets it. */
export const STARTUP_TIMEOUTS = {
  statement_timeout: STATEMENT_TIMEOUT,
  idle_in_transaction_session_timeout: IDLE_TIMEOUT,
} as const;

const TIMEOUTS = { statement: STATEMENT_TIMEOUT, idleInTransaction: IDLE_TIMEOUT };
const SET_SESSION = setSession(TIMEOUTS);

/** Selects as `name` each setting that the session has lost, as behind a pooler that hands it to another client. */
export const LOST_SETTINGS = differingSettings(TIMEOUTS);

/**
 * A client that never ends the process: it has an error listener from its start, also while the pool hands it over. A connection that
 * breaks fails its statements, and the pool drops it.
 */
export class DatabaseClient extends pg.Client {
  /** Milliseconds until a statement that is not answered destroys the connection. */
  readonly answerTimeout: number = ANSWER_TIMEOUT;
  #lost = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const lose = () => {
      this.#lost = true;
    };
    this.on('error', lose);
    this.once('end', lose);
  }

  /** The connection is broken or was destroyed; no later statement can succeed. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Closes the connection without waiting for the server. Its statements fail, and the pool drops it. */
  destroy(): void {
    this.#lost = true;
    this.end().catch(() => {});
    this.connection.stream.destroy();
  }
}

/** Sets the session settings; nothing else may run on the connection before. Throws when the server refuses one. */
export async function prepareSession(client: DatabaseClient): Promise<void> {
  await answered(client, () => client.query(SET_SESSION));
}
