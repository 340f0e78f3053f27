/** Databases for tests: one of its own for each test file, or a whole server for tests that kill things. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '../../src/postgres/embedded.js';
import { type DatabaseConnection, openDatabase } from '../../src/store/database.js';
import { temporaryFolder } from './folder.js';
import { migrated } from './migrated.js';

/** Where a database is, in parts. */
type Location = Exclude<DatabaseConnection, { url: string }>;

/** A migrated database for one test file. */
export interface TestDatabase {
  readonly connection: Location;
  /** The same as a `DATABASE_URL`, for a process of its own. */
  readonly url: string;
  readonly dataSource: DataSource;
  /** Closes the data source and drops the database. */
  close(): Promise<void>;
}

/** A server that a test may kill, with a migrated database. */
export interface OwnPostgres extends EmbeddedPostgres {
  readonly connection: Location;
  /** The same as a `DATABASE_URL`, for a process of its own. */
  readonly url: string;
  /** To start the server again after it was killed. */
  readonly dataDir: string;
}

/** Clones the migrated template into a database on the server of the run, which does not flush to disk. */
export async function testDatabase(): Promise<TestDatabase> {
  const { template, ...server } = inject('sharedPostgres');
  const database = `test_${randomBytes(8).toString('hex')}`;
  await administer(`create database ${database} template ${template} strategy file_copy`);
  const connection = { ...server, database };
  const dataSource = await openDatabase(connection);
  return { connection, url: urlOf(connection), dataSource, close };

  async function close(): Promise<void> {
    if (dataSource.isInitialized) await dataSource.destroy();
    await administer(`drop database if exists ${database} with (force)`);
  }
}

/** Starts a server for one test; it flushes to disk unless `durable` is false. `stop()` also removes its files. */
export async function ownPostgres({ durable = true } = {}): Promise<OwnPostgres> {
  const folder = temporaryFolder('own');
  const dataDir = path.join(folder, 'pg');
  const server = await startEmbedded({ dataDir, durable });
  const { host, port, user, database } = server;
  const connection = { host, port, user, database };
  await migrated(connection);
  return {
    ...server,
    connection,
    url: urlOf(connection),
    dataDir,
    stop,
    [Symbol.asyncDispose]: stop,
  };

  async function stop(): Promise<void> {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The location as a connection string: a socket's folder goes where a host name would. */
function urlOf({ host, port, user, database }: Location): string {
  return `postgresql://${user}@${encodeURIComponent(host)}:${port}/${database}`;
}

async function administer(sql: string): Promise<void> {
  const { host, port, user } = inject('sharedPostgres');
  const client = new pg.Client({ host, port, user, database: 'postgres' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
