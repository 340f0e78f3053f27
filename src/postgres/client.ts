/** A connection to the embedded server, with the session settings that vsecure depends on. */
import pg from 'pg';
import { setSession } from '../ports/session-settings.js';

/** Where a server listens, and the user to connect as: options of a `pg` client. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** Milliseconds: a day. A backup waits for a checkpoint, which may take long on a large database. */
const STATEMENT_TIMEOUT = 86_400_000;

const SET_SESSION = setSession({ statement: STATEMENT_TIMEOUT, idleInTransaction: 0 });

/**
 * Connects to the database that every server has, runs the work and disconnects. Throws what connecting or the work throws. `timeout`: the
 * longest time to connect, in milliseconds.
 */
export async function withClient<T>(
  address: Address,
  work: (client: pg.Client) => Promise<T>,
  timeout?: number,
): Promise<T> {
  const client = new pg.Client({
    ...address,
    database: 'postgres',
    // Sent at the start of the connection too: otherwise a shorter timeout of the role could cancel the statement that sets it.
    statement_timeout: STATEMENT_TIMEOUT,
    ...(timeout !== undefined && { connectionTimeoutMillis: timeout }),
  });
  client.on('error', () => {}); // A connection that breaks also fails the statement, which is awaited.
  try {
    await client.connect();
    await client.query(SET_SESSION);
    return await work(client);
  } finally {
    await client.end();
  }
}
