/** Turns the numbered .sql files of migrations/ into TypeORM migrations, and runs them under a lock. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { MigrationExecutor } from 'typeorm';
import { DAY } from '../domain/limits.js';
import type { DatabaseClient } from './client.js';
import { first, sqlOn } from './sql.js';
import { answered } from './trouble.js';

/** An arbitrary number that no other program locks. */
const LOCK = 7_272_740;
/** Milliseconds between attempts to get the lock: a waiting statement would meet its time limit. */
const LOCK_EVERY = 200;
/** Milliseconds. */
const MIGRATION_MAX = DAY;
const TABLE = 'schema_migration';

/** The database was written by a newer vsecure than this one. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
  readonly code = 'newer_schema';

  constructor(version: number, known: number) {
    super(
      `the database is at schema ${version}, this vsecure knows only ${known}: upgrade vsecure, or restore a backup from before`,
    );
  }
}

export type SchemaState = 'current' | 'behind';

/** Whether the schema is up to date. Throws NewerSchemaError when the database is ahead. */
export async function schemaState(dataSource: DataSource): Promise<SchemaState> {
  const sql = sqlOn(dataSource);
  const known = latestKnown();
  if (!(await hasTable(sql, TABLE))) return 'behind';
  const row = first(
    await sql<{ version: string | null }>(`select max(timestamp) as version from ${TABLE}`),
  );
  const version = Number(row?.version ?? 0);
  if (version > known) throw new NewerSchemaError(version, known);
  return version === known ? 'current' : 'behind';
}

/** The names of the migrations that `migrate` would run, such as `0016-archive`. Writes nothing. Throws NewerSchemaError. */
export async function pendingMigrations(dataSource: DataSource): Promise<readonly string[]> {
  if ((await schemaState(dataSource)) === 'current') return [];
  const sql = sqlOn(dataSource);
  const rows = (await hasTable(sql, TABLE))
    ? await sql<{ timestamp: string }>(`select timestamp::text from ${TABLE}`)
    : [];
  const ran = new Set(rows.map(({ timestamp }) => Number(timestamp)));
  return files().flatMap(({ number, title }) => (ran.has(number) ? [] : [title]));
}

/** The names of all migrations, which a new database needs. */
export const allMigrations = (): readonly string[] => files().map(({ title }) => title);

/** Whether a server has opened this database, and so sealed it with a master key. Works before any migration. */
export async function isInstalled(dataSource: DataSource): Promise<boolean> {
  const sql = sqlOn(dataSource);
  if (!(await hasTable(sql, 'installation'))) return false;
  return (await sql('select 1 from installation')).length > 0;
}

async function hasTable(sql: ReturnType<typeof sqlOn>, table: string): Promise<boolean> {
  const found = first(
    await sql<{ name: string | null }>('select to_regclass($1)::text as name', [table]),
  );
  return Boolean(found?.name);
}

/**
 * Brings the schema up to date and resolves with the number of migrations that ran. Processes that start at the same time
 * wait for each other. Throws NewerSchemaError.
 */
export async function migrate(dataSource: DataSource): Promise<number> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    while (!(await isLocked(runner))) await sleep(LOCK_EVERY);
    if ((await schemaState(dataSource)) === 'current') return 0;
    const executor = new MigrationExecutor(withMigrations(dataSource));
    executor.transaction = 'each';
    return (await executor.executePendingMigrations()).length;
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [LOCK]);
    await runner.release();
  }
}

async function isLocked(runner: QueryRunner): Promise<boolean> {
  const [row] = await runner.query('select pg_try_advisory_lock($1) as locked', [LOCK]);
  return row.locked;
}

function withMigrations(dataSource: DataSource): DataSource {
  const migrations = files().map(({ number, name, text }) => toMigration(number, name, text));
  Object.assign(dataSource, { migrations });
  dataSource.setOptions({ migrationsTableName: TABLE });
  return dataSource;
}

/** TypeORM reads the order from the last 13 characters of the name. */
function toMigration(number: number, name: string, text: string): MigrationInterface {
  return {
    name: `${name}${String(number).padStart(13, '0')}`,
    up: (runner: QueryRunner) => runWithoutLimit(runner, text),
    down: () => Promise.reject(new Error('migrations go forward only: restore a backup instead')),
  };
}

/** A migration of a large table takes longer than any other statement may. */
async function runWithoutLimit(runner: QueryRunner, text: string): Promise<void> {
  const client: DatabaseClient = await runner.connect();
  await answered(client, () => client.query(`set local statement_timeout = 0; ${text}`), {
    timeout: MIGRATION_MAX,
  });
}

interface MigrationFile {
  /** The name of the file without its ending. */
  readonly title: string;
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

function files(): MigrationFile[] {
  const folder = migrationsFolder();
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      title: file.slice(0, -4),
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -4).replaceAll('-', '_'),
      text: readFileSync(path.join(folder, file), 'utf8'),
    }));
}

const latestKnown = () => Math.max(...files().map(({ number }) => number));

/** Beside src/ in a checkout, and beside dist/ in the package. */
function migrationsFolder(): string {
  const candidates = ['../../migrations', '../../../migrations'];
  const found = candidates
    .map((relative) => path.join(import.meta.dirname, relative))
    .find((folder) => existsSync(folder));
  if (!found) throw new Error('the folder migrations/ is missing from this installation');
  return found;
}
