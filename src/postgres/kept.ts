/** An embedded server that is watched for as long as this process needs it, and started again when it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, requireCluster } from './cluster.js';
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from './embedded.js';
import { EmbeddedPostgresError } from './errors.js';

export interface Watch {
  /** The server had ended, and one runs again at the same address: ours, or one that another process started. */
  readonly onRestart: () => void;
  /** The server has ended, and none can be started. Called once; nothing is tried after that. */
  readonly onFailure: (error: unknown) => void;
}

export type KeptPostgres = Pick<EmbeddedPostgres, 'host' | 'port' | 'user' | 'database' | 'stop'>;

/** Milliseconds between two looks at the server. */
const LOOK_EVERY = 500;

/**
 * Starts or adopts the server of a data directory, as `startEmbedded` does. When it ends (its postmaster is killed, or the process that
 * started it stops), it is started or adopted again. Throws EmbeddedPostgresError for the first start.
 */
export async function keepEmbedded(
  options: EmbeddedOptions,
  { onRestart, onFailure }: Watch,
): Promise<KeptPostgres> {
  let server = await startEmbedded(options);
  const { host, port, user, database } = server;
  const stopping = new AbortController();

  const watch = async () => {
    while (!stopping.signal.aborted) {
      // Resolves at once when the watch ends.
      await sleep(LOOK_EVERY, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted || (server.pid !== undefined && isAlive(server.pid))) continue;
      await server.stop();
      // A new, empty database would look as if everything had been lost.
      requireCluster(options.dataDir);
      server = await startEmbedded(options);
      if (server.host !== host) throw moved(options.dataDir);
      onRestart();
    }
  };
  const watching = watch().catch(onFailure);

  return {
    ...{ host, port, user, database },
    async stop() {
      stopping.abort();
      await watching;
      await server.stop();
    },
  };
}

/** The socket has a new folder when the path of the data directory is too long for it. */
const moved = (dataDir: string) =>
  new EmbeddedPostgresError(
    'moved',
    `The embedded PostgreSQL of ${dataDir} ended and now runs at another socket. Start vsecure again.`,
  );
