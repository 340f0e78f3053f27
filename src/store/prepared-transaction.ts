/** For hot paths: a transaction whose statements are planned once for each connection, and that waits for answers only where it needs them. */

import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { queryNamed } from './named-statements.js';
import type { Sql } from './sql.js';

/** Plans are made for the statement, not for its parameters: else Postgres may choose to plan it again each time, which costs more than it does. */
const BEGIN =
  'begin isolation level read committed; set local plan_cache_mode = force_generic_plan';

/** What a transaction answers with, and its last statement: sent, and not waited for. */
export interface Sent<T> {
  readonly answer: T;
  readonly last: Promise<unknown>;
}

/**
 * BEGIN travels with the first statement of `work` and COMMIT with its last one. Resolves when everything is committed; throws,
 * with nothing committed or with the outcome unknown, when anything went wrong.
 */
export async function preparedTransaction<T>(
  dataSource: DataSource,
  work: (sql: Sql) => Promise<Sent<T>>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const client: pg.Client = await runner.connect();
  try {
    const begun = client.query(BEGIN);
    const [{ answer, last }] = await Promise.all([work(prepared(client)), begun]);
    const [{ command }] = await Promise.all([client.query('commit'), last]);
    // In a transaction that failed, COMMIT succeeds and says ROLLBACK.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return answer;
  } catch (error) {
    // Whatever state it is in, nobody else shall meet it: the pool keeps no client that is ending.
    client.end().catch(() => {});
    throw error;
  } finally {
    await runner.release();
  }
}

const prepared =
  (client: pg.ClientBase): Sql =>
  (text, parameters) =>
    queryNamed(client, text, parameters);
