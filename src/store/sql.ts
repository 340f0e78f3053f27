/** SQL on the pool or on an open transaction, with rows as the only kind of answer. */

import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

export type Sql = <Row>(text: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** Each statement on a connection of its own from the pool. */
export function sqlOn(dataSource: DataSource): Sql {
  return async (text, parameters) => {
    const runner = dataSource.createQueryRunner();
    try {
      return await rows(runner, text, parameters);
    } finally {
      await runner.release();
    }
  };
}

/** Statements inside the manager's transaction. Throws outside of one. */
export function sqlIn({ queryRunner }: EntityManager): Sql {
  if (!queryRunner?.isTransactionActive) throw new TypeError('this needs an open transaction');
  return (text, parameters) => rows(queryRunner, text, parameters);
}

async function rows<Row>(
  runner: QueryRunner,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const { records } = await runner.query(text, [...parameters], true);
  return records as Row[];
}

/** The first row, for statements that answer with at most one. */
export function first<Row>(found: readonly Row[]): Row | undefined {
  return found[0];
}

/** The only row, for statements that always answer with one. Throws when there is none. */
export function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a statement that always answers with a row gave none');
  return row;
}
