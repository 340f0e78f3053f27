/** SQL on the pool or in an open transaction. Every statement answers with rows. */

import type { DataSource, EntityManager } from 'typeorm';
import type { DatabaseClient } from './client.js';
import { queryNamed } from './named-statements.js';
import { answered, onlyReads, repeated, type Statement } from './trouble.js';

/** `hot`: each connection parses the statement once (`named-statements.ts`). */
export type Sql = <Row>(
  text: string,
  parameters?: readonly unknown[],
  hot?: 'hot',
) => Promise<Row[]>;

/** Runs each statement on its own connection from the pool. A read that meets a broken connection is repeated on another one. */
export function sqlOn(dataSource: DataSource): Sql {
  return (text, parameters, hot) =>
    repeated(async () => {
      const runner = dataSource.createQueryRunner();
      try {
        const client: DatabaseClient = await runner.connect();
        return await send(client, text, parameters, hot, { commits: !onlyReads(text) });
      } finally {
        await runner.release();
      }
    });
}

/** Statements inside the manager's transaction. Throws outside of one. */
export function sqlIn({ queryRunner }: EntityManager): Sql {
  if (!queryRunner?.isTransactionActive) throw new TypeError('there is no open transaction');
  return async (text, parameters, hot) => send(await queryRunner.connect(), text, parameters, hot);
}

/**
 * Statements on this connection, which is in a transaction. Each is sent when it is called, so that they run in this order and several share
 * one wait.
 */
export function sqlOver(client: DatabaseClient): Sql {
  return (text, parameters, hot) => send(client, text, parameters, hot);
}

async function send<Row>(
  client: DatabaseClient,
  text: string,
  parameters: readonly unknown[] = [],
  hot?: 'hot',
  statement?: Statement,
): Promise<Row[]> {
  if (hot) return queryNamed(client, text, parameters, statement);
  const ask = () => client.query(text, [...parameters]);
  return (await answered(client, ask, statement)).rows;
}

/**
 * Runs a statement that must write one row. Throws when it wrote none: a trigger that returns NULL drops a row without an error.
 */
export async function writeOne(
  sql: Sql,
  text: string,
  parameters: readonly unknown[],
): Promise<void> {
  const written = await sql(`${text} returning 1 as written`, parameters);
  if (written.length !== 1) throw new Error('the database dropped a row without an error');
}

/**
 * Throws when the statement finds a row: one that an earlier statement of the transaction should have changed or deleted. A trigger that
 * returns NULL prevents a change without an error.
 */
export async function requireNone(
  sql: Sql,
  text: string,
  parameters: readonly unknown[],
): Promise<void> {
  const left = await sql(text, parameters);
  if (left.length > 0) throw new Error('the database left a row unchanged without an error');
}

/** The first row, for statements that answer with at most one. */
export function first<Row>(found: readonly Row[]): Row | undefined {
  return found[0];
}

/** A row that a statement must have answered with. Throws when it is missing. */
export function present<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error('a statement did not answer with a row for each question');
  return row;
}

/** The only row, for statements that always answer with one. Throws when there is none. */
export function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a statement that always answers with a row gave none');
  return row;
}
