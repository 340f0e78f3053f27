/** Transactions that wait for an answer only where they need one: BEGIN travels with the first statement and COMMIT with the last one. */

import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { UnavailableError } from '../ports/unavailable.js';
import type { DatabaseClient } from './client.js';
import { queryNamed } from './named-statements.js';
import { type Sql, sqlOver } from './sql.js';
import { answered, repeated } from './trouble.js';

/** Generic plans: otherwise Postgres may plan a statement at each execution, which costs more than executing it. */
const BEGIN =
  'begin isolation level read committed read write; set local plan_cache_mode = force_generic_plan';

/** COMMIT answers when the transaction is on disk, whatever the session's setting is. */
const BEGIN_DURABLE = `${BEGIN}; set local synchronous_commit = on`;

/** The transaction's result, and its last statements, which are sent but not awaited. */
export interface Sent<T> {
  readonly answer: T;
  readonly last: Promise<unknown>;
}

/**
 * For hot paths: each connection plans the statements once. Resolves when everything is committed; throws, with nothing committed or with
 * the outcome unknown, when anything went wrong. `work` runs again when its connection breaks before COMMIT.
 */
export function preparedTransaction<T>(
  dataSource: DataSource,
  work: (sql: Sql) => Promise<Sent<T>>,
): Promise<T> {
  return repeated(() =>
    attempt(dataSource, BEGIN_DURABLE, (client) => ({ sent: work(prepared(client)) })),
  );
}

/**
 * For all other transactions. Statements run in the order of the calls, whether or not an earlier one was awaited. `manager` is in the same
 * transaction. `work` runs again only when the connection broke before BEGIN was answered: then no statement had any effect.
 */
export function writeTransaction<T>(
  dataSource: DataSource,
  work: (sql: Sql, manager: EntityManager) => Promise<Sent<T>>,
): Promise<T> {
  let begun = false;
  return repeated(
    () =>
      attempt(dataSource, BEGIN, (client, runner) => {
        // TypeORM did not send the BEGIN, and its repositories ask for this before they lock rows.
        Reflect.set(runner, 'isTransactionActive', true);
        return {
          sent: work(sqlOver(client), runner.manager),
          onBegun: () => {
            begun = true;
          },
        };
      }),
    () => !begun,
  );
}

interface Work<T> {
  readonly sent: Promise<Sent<T>>;
  readonly onBegun?: () => void;
}

async function attempt<T>(
  dataSource: DataSource,
  begin: string,
  start: (client: DatabaseClient, runner: QueryRunner) => Work<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const client: DatabaseClient = await runner.connect();
  let committing = false;
  let refused = false;
  try {
    const begun = answered(client, () => client.query(begin));
    const { sent, onBegun } = start(client, runner);
    const [{ answer, last }] = await Promise.all([sent, begun.then(onBegun)]);
    committing = true;
    const commit = answered(client, () => client.query('commit'), { commits: true });
    const written = last.catch((error: unknown) => {
      refused = isServersAnswer(error);
      throw error;
    });
    const [{ command }] = await Promise.all([commit, written]);
    // In a transaction that failed, COMMIT succeeds and answers ROLLBACK.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return answer;
  } catch (error) {
    // The connection's state is unknown. The pool drops a client that is ending, so no other caller gets it.
    const unknown = committing && client.lost && !refused;
    client.destroy();
    throw unknown && error instanceof UnavailableError ? error.afterChange() : error;
  } finally {
    await runner.release();
  }
}

/** The server refused the statement, so that the COMMIT behind it commits nothing. */
const isServersAnswer = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && 'severity' in error.cause;

const prepared =
  (client: DatabaseClient): Sql =>
  (text, parameters) =>
    queryNamed(client, text, parameters);
