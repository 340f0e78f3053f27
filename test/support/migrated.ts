/** Brings a database to the current schema. */
import { type DatabaseConnection, openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';

/** Runs the migrations and leaves no connection open, so that the database can serve as a template. */
export async function migrated(connection: DatabaseConnection): Promise<void> {
  const dataSource = await openDatabase(connection);
  try {
    await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
