/** The columns of a table by name, as its rows are known: for statements that TypeORM would take longer to write than Postgres to answer. */

import type { EntityManager, EntitySchema } from 'typeorm';

/** Those that are read of themselves, each under the name of its property. */
export const columnsOf = <Row extends object>(
  { connection }: EntityManager,
  table: EntitySchema<Row>,
): string =>
  connection
    .getMetadata(table)
    .columns.filter(({ isSelect }) => isSelect)
    .map(({ databaseName, propertyName }) => `${databaseName} as "${propertyName}"`)
    .join(', ');
