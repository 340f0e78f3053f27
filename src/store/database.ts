/** The connection to Postgres: one TypeORM DataSource, never synchronising, never logging parameters. */

import { DataSource } from 'typeorm';
import { DatabaseClient, prepareSession, STARTUP_TIMEOUTS } from './client.js';
import { tables } from './tables.js';

export type DatabaseConnection =
  | { readonly url: string }
  | {
      /** A host name, or the folder of a unix socket. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly database: string;
    };

export interface DatabaseOptions {
  readonly poolSize?: number;
  /** Called for errors on idle connections, with the SQLSTATE or code only. */
  readonly onError?: (code: string) => void;
}

/** Connects; runs no migration. Throws when the server cannot be reached. */
export function openDatabase(
  connection: DatabaseConnection,
  { poolSize = 16, onError }: DatabaseOptions = {},
): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    ...address(connection),
    entities: tables,
    synchronize: false,
    logging: false,
    poolSize,
    applicationName: 'vsecure',
    // Without a handler, an idle connection that the server closes would end this process.
    poolErrorHandler: (error: { code?: string }) => onError?.(error.code ?? 'unknown'),
    extra: {
      // Statements are sent without waiting for the answers to earlier ones.
      pipeline: true,
      ...STARTUP_TIMEOUTS,
      Client: DatabaseClient,
      // The pool hands a new connection over when this has resolved.
      onConnect: prepareSession,
    },
  }).initialize();
}

function address(connection: DatabaseConnection) {
  if ('url' in connection) return { url: connection.url };
  const { host, port, user, database } = connection;
  return { host, port, username: user, database };
}
