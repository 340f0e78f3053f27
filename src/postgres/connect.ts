/** Checks that a server answers, and creates the database when it is missing. */
import pg from 'pg';
import { type Address, withClient } from './client.js';

/** Milliseconds that a server on the same machine may take to answer. */
const CONNECT_TIMEOUT = 2000;

const ALREADY_THERE = ['42P04', '23505'];

/** Whether the server answers. */
export async function answers(address: Address): Promise<boolean> {
  try {
    await query(address, 'select 1');
    return true;
  } catch {
    return false;
  }
}

/** Creates the database when it is missing. Several processes may call this at once. */
export async function ensureDatabase(address: Address, database: string): Promise<void> {
  const found = await query(address, 'select 1 from pg_database where datname = $1', [database]);
  if (found > 0) return;
  try {
    await query(address, `create database ${pg.escapeIdentifier(database)}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !ALREADY_THERE.includes(error.code ?? ''))
      throw error;
  }
}

function query(address: Address, sql: string, values: string[] = []): Promise<number> {
  return withClient(
    address,
    async (client) => (await client.query(sql, values)).rowCount ?? 0,
    CONNECT_TIMEOUT,
  );
}
