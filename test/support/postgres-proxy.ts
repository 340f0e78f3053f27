/** A TCP proxy to a PostgreSQL that listens on a socket only, which can lose the connection just before or just after a COMMIT, or before the next use. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import type { OwnPostgres } from './database.js';

/** `before`: the COMMIT never reaches the server. `after`: the server commits, but its answer is lost. */
export type Cut = 'before' | 'after';

export interface PostgresProxy {
  readonly connection: OwnPostgres['connection'];
  /** Cuts the connection of the next transaction that commits. Resolves when it is cut. */
  cutNextCommit(where: Cut): Promise<void>;
  /** Cuts each connection that is open now as soon as it is used, as after a failover. */
  breakOpen(): void;
  close(): Promise<void>;
}

interface Trap {
  readonly where: Cut;
  readonly sprung: () => void;
  /** The connection that has sent its COMMIT: its answer is awaited. */
  by?: Socket;
}

/** Frontend message: a simple query. https://www.postgresql.org/docs/18/protocol-message-formats.html */
const ASKS_TO_COMMIT = /Q.{4}commit/is;
/** Backend message: CommandComplete. */
const HAS_COMMITTED = /C.{4}COMMIT\0/s;

export async function postgresProxy({ connection }: OwnPostgres): Promise<PostgresProxy> {
  const target = path.join(connection.host, `.s.PGSQL.${connection.port}`);
  const open = new Set<Socket>();
  const broken = new WeakSet<Socket>();
  let trap: Trap | undefined;

  const server = createServer((client) => {
    const postgres = connect(target);
    const ends = [client, postgres];
    const cut = () => {
      for (const end of ends) end.destroy();
    };
    for (const end of ends) {
      open.add(end);
      end.on('error', cut);
      end.on('close', () => {
        open.delete(end);
        cut();
      });
    }
    const spring = () => {
      trap?.sprung();
      trap = undefined;
      cut();
    };
    client.on('data', (bytes) => {
      if (broken.has(client)) return cut();
      if (trap && !trap.by && ASKS_TO_COMMIT.test(bytes.toString('latin1'))) {
        if (trap.where === 'before') return spring();
        trap.by = client;
      }
      postgres.write(bytes);
    });
    postgres.on('data', (bytes) => {
      if (trap?.by === client && HAS_COMMITTED.test(bytes.toString('latin1'))) return spring();
      client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    connection: { ...connection, host: '127.0.0.1', port: portOf(server.address()) },

    cutNextCommit: (where) =>
      new Promise((sprung) => {
        trap = { where, sprung };
      }),

    breakOpen() {
      for (const end of open) broken.add(end);
    },

    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const end of open) end.destroy();
      await closed;
    },
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (typeof address !== 'object' || !address) throw new Error('the proxy does not listen');
  return address.port;
}
