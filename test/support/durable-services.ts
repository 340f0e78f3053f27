/** Services over a PostgreSQL server of their own that flushes to disk: for tests with races and kills. */
import { openDatabase } from '../../src/store/database.js';
import { type OwnPostgres, ownPostgres } from './database.js';
import { buildServices, type Services, type ServicesOptions } from './services.js';

/** `server` may be killed, stopped and looked at. */
export type DurableServices = Services & { readonly server: OwnPostgres };

/** `close()` also stops the server and removes its files. */
export async function durableServices(
  options: Omit<ServicesOptions, 'database'> = {},
): Promise<DurableServices> {
  const server = await ownPostgres();
  const { connection } = server;
  const dataSource = await openDatabase(connection);
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await server.stop();
  };
  const services = await buildServices({ ...options, database: { connection, dataSource, close } });
  return { ...services, server };
}
