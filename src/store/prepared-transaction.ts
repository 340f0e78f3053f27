/** A transaction for hot paths: each connection plans its statements once, and it waits for an answer only where it needs one. */

import type { DataSource } from 'typeorm';
import { UnavailableError } from '../ports/unavailable.js';
import type { DatabaseClient } from './client.js';
import { queryNamed } from './named-statements.js';
import type { Sql } from './sql.js';
import { answered, retryOnce } from './trouble.js';

/**
 * Generic plans: otherwise Postgres may plan the statement at each execution, which costs more than executing it. COMMIT answers when the
 * transaction is on disk, whatever the session's setting is.
 */
const BEGIN =
  'begin isolation level read committed read write; set local plan_cache_mode = force_generic_plan; set local synchronous_commit = on';

/** The transaction's result, and its last statement, which is sent but not awaited. */
export interface Sent<T> {
  readonly answer: T;
  readonly last: Promise<unknown>;
}

/**
 * BEGIN travels with the first statement of `work` and COMMIT with its last one. Resolves when everything is committed; throws,
 * with nothing committed or with the outcome unknown, when anything went wrong. `work` runs again when its connection breaks before COMMIT.
 */
export function preparedTransaction<T>(
  dataSource: DataSource,
  work: (sql: Sql) => Promise<Sent<T>>,
): Promise<T> {
  return retryOnce(() => attempt(dataSource, work));
}

async function attempt<T>(
  dataSource: DataSource,
  work: (sql: Sql) => Promise<Sent<T>>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const client: DatabaseClient = await runner.connect();
  let committing = false;
  try {
    const begun = answered(client, () => client.query(BEGIN));
    const [{ answer, last }] = await Promise.all([work(prepared(client)), begun]);
    committing = true;
    const commit = answered(client, () => client.query('commit'), { commits: true });
    const [{ command }] = await Promise.all([commit, last]);
    // In a transaction that failed, COMMIT succeeds and answers ROLLBACK.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return answer;
  } catch (error) {
    // The connection's state is unknown. The pool drops a client that is ending, so no other caller gets it.
    const unknown = committing && client.lost;
    client.destroy();
    throw unknown && error instanceof UnavailableError ? error.afterChange() : error;
  } finally {
    await runner.release();
  }
}

const prepared =
  (client: DatabaseClient): Sql =>
  (text, parameters) =>
    queryNamed(client, text, parameters);
