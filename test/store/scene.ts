/** Helpers of the store's tests: a second process on the same database, new approvals, and SQL that fails. */

import { chainHash } from '../../src/crypto/chain-hash.js';
import { makeId } from '../../src/crypto/ids.js';
import type { NewApproval } from '../../src/domain/approval.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import type { Caller } from '../../src/domain/rights.js';
import { openDatabase } from '../../src/store/database.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { createSlackOutbox } from '../../src/store/slack-outbox.js';
import { createStore } from '../../src/store/store.js';
import { DATABASE_URL, REASON, type Services } from '../support/services.js';

/** Connects as another process would. Call its `close` before that of the services. */
export async function anotherProcess(services: Services) {
  const dataSource = await openDatabase(services.database.connection);
  return {
    dataSource,
    store: createStore(dataSource, { chain: chainHash, makeId }),
    ledger: createReadLedger(dataSource, chainHash, services.installation),
    slackOutbox: createSlackOutbox(dataSource),
    close: () => dataSource.destroy(),
  };
}

/** A request to read for an hour, which stays open for an hour. */
export function question(
  { principal }: Caller,
  policy: Policy,
  changes: Partial<NewApproval> = {},
): NewApproval {
  return {
    id: makeId('appr'),
    principal: principal.id,
    policy: policy.id,
    policyVersion: policy.version,
    operation: 'read',
    resources: [DATABASE_URL],
    reason: REASON,
    duration: 3_600_000,
    ttl: 3_600_000,
    digest: 'd'.repeat(64),
    ...changes,
  };
}

/** Waits by the database's clock, not by this process's. */
export async function pastOf(services: Services, moment: Date): Promise<void> {
  while ((await services.store.now()) <= moment);
}

/** The SQLSTATE that a statement failed with; `none` when it did not. */
export async function sqlState(statement: Promise<unknown>): Promise<string> {
  try {
    await statement;
    return 'none';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

export const CHECK = '23514';
export const UNIQUE = '23505';
export const FOREIGN_KEY = '23503';

export type Change = Record<string, string | number | boolean | null | readonly string[]>;

/** Tries to insert a copy of a row with some columns changed, and rolls back. Resolves with the SQLSTATE. */
export function tryCopy({ database }: Services, table: string, where: string, change: Change) {
  const copy = `insert into ${table} select (jsonb_populate_record(t, $1::jsonb)).* from ${table} t where ${where}`;
  return attempt(database.dataSource, copy, [JSON.stringify(change)]);
}

/** Runs a statement that must affect a row, and rolls back. Resolves with the SQLSTATE. */
export async function attempt(
  dataSource: Services['database']['dataSource'],
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<string> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  try {
    return await sqlState(
      runner.query(statement, [...parameters], true).then(({ affected }) => {
        if (!affected) throw new Error('this statement affected no row');
      }),
    );
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}
