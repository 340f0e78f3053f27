/** The connection to Postgres: one TypeORM DataSource, never synchronising, never logging parameters. */

import { DataSource, type QueryRunner } from 'typeorm';
import { UnavailableError } from '../ports/unavailable.js';
import {
  ANSWER_TIMEOUT,
  CONNECT_TIMEOUT,
  DatabaseClient,
  prepareSession,
  STARTUP_TIMEOUTS,
} from './client.js';
import { tables } from './tables.js';
import { answered, onlyReads, repeated } from './trouble.js';

export type DatabaseConnection =
  | { readonly url: string }
  | {
      /** A host name, or the folder of a unix socket. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly database: string;
    };

/** Connections of one process to the database, besides the one that listens. */
export const POOL_SIZE = 16;

export interface DatabaseOptions {
  readonly poolSize?: number;
  /** Milliseconds until a statement fails whose connection does not answer. */
  readonly answerTimeout?: number;
  /** Called for errors on idle connections, with the SQLSTATE or code only. */
  readonly onError?: (code: string) => void;
}

/**
 * Connects; runs no migration. Throws the driver's error when the server cannot be reached. Later, statements throw UnavailableError
 * when the database cannot be used at the moment.
 */
export async function openDatabase(
  connection: DatabaseConnection,
  { poolSize = POOL_SIZE, answerTimeout = ANSWER_TIMEOUT, onError }: DatabaseOptions = {},
): Promise<DataSource> {
  const dataSource = await new DataSource({
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
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      ...STARTUP_TIMEOUTS,
      Client: class extends DatabaseClient {
        override readonly answerTimeout = answerTimeout;
      },
      // The pool hands a new connection over when this has resolved.
      onConnect: prepareSession,
    },
  }).initialize();
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = watched(create(mode));
    return mode === 'slave' ? readingAnywhere(runner, () => watched(create(mode))) : runner;
  };
  return dataSource;
}

/** Every statement of TypeORM, and every connection that is taken from the pool, goes through here. */
function watched(runner: QueryRunner): QueryRunner {
  const connect = runner.connect.bind(runner);
  const query = runner.query.bind(runner);
  runner.connect = async (): Promise<DatabaseClient> => {
    try {
      return await connect();
    } catch (error) {
      throw new UnavailableError(true, error);
    }
  };
  runner.query = async (text: string, parameters?: unknown[], structured?: true) => {
    const client: DatabaseClient = await runner.connect();
    const commits = runner.isTransactionActive ? text === 'COMMIT' : !onlyReads(text);
    const ask = () => (structured ? query(text, parameters, structured) : query(text, parameters));
    return answered(client, ask, { commits });
  };
  return runner;
}

/**
 * For the reads of repositories outside of a transaction, for which TypeORM asks for the mode `slave`. Each takes a connection of the pool for
 * itself, so that one that meets a broken connection is repeated on another.
 */
function readingAnywhere(runner: QueryRunner, other: () => QueryRunner): QueryRunner {
  runner.query = (text: string, parameters?: unknown[], structured?: true) =>
    repeated(async () => {
      const reader = other();
      try {
        return await (structured
          ? reader.query(text, parameters, structured)
          : reader.query(text, parameters));
      } finally {
        await reader.release();
      }
    });
  return runner;
}

function address(connection: DatabaseConnection) {
  if ('url' in connection) return { url: connection.url };
  const { host, port, user, database } = connection;
  return { host, port, username: user, database };
}
