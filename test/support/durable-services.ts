/** A house over a server of its own that flushes to disk: for races, kills and everything that must survive them. */
import { openDatabase } from '../../src/store/database.js';
import { type OwnPostgres, ownPostgres } from './database.js';
import { buildHouse, type House, type HouseOptions } from './services.js';

/** `server` may be killed, stopped and looked at. */
export type DurableHouse = House & { readonly server: OwnPostgres };

/** `close()` also stops the server and removes its files. */
export async function durableHouse(
  options: Omit<HouseOptions, 'database'> = {},
): Promise<DurableHouse> {
  const server = await ownPostgres();
  const { connection } = server;
  const dataSource = await openDatabase(connection);
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await server.stop();
  };
  const house = await buildHouse({ ...options, database: { connection, dataSource, close } });
  return { ...house, server };
}
