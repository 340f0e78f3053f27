/** The services that are measured, over an embedded PostgreSQL that flushes to disk, in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import type { Store } from '../src/ports/index.js';
import { startEmbedded } from '../src/postgres/embedded.js';
import { openDatabase } from '../src/store/database.js';
import { migrated } from '../test/support/migrated.js';
import { buildServices, unwrap } from '../test/support/services.js';

/** Runs `work` with a migrated database that does not flush to disk and is thrown away: for trails that are planted past the hash chain. */
export async function inNewDatabase<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vsecure-bench-'));
  const server = await startEmbedded({ dataDir: path.join(folder, 'pg'), durable: false });
  try {
    const { host, port, user, database } = server;
    const connection = { host, port, user, database };
    await migrated(connection);
    const dataSource = await openDatabase(connection);
    try {
      return await work(dataSource);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A migrated database on a server of its own that flushes every commit. `close()` removes everything. */
export async function openDurable() {
  const folder = mkdtempSync(path.join(tmpdir(), 'vsecure-bench-'));
  const server = await startEmbedded({
    dataDir: path.join(folder, 'pg'),
    settings: { max_connections: '100' },
  });
  const { host, port, user, database } = server;
  const connection = { host, port, user, database };
  await migrated(connection);
  const dataSource = await openDatabase(connection);
  const url = `postgresql://${user}@${encodeURIComponent(host)}:${port}/${database}`;
  const close = async () => {
    await dataSource.destroy();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { connection, dataSource, url, close };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Services with a policy, a secret, an agent and its approver. `close()` removes everything. */
export async function openStage() {
  const { url, ...database } = await openDurable();
  let committed = 0;
  const services = await buildServices({
    database,
    change: (parts) => ({
      ...parts,
      store: noteCommits(parts.store, () => {
        committed = performance.now();
      }),
    }),
  });
  await services.policy();
  await services.secret();
  const { caller, token } = await services.agent();
  const alice = await services.decider('alice@example.com');
  /** When the COMMIT of the last transaction was answered (ms). */
  const lastCommit = () => committed;
  return {
    ...services,
    connection: database.connection,
    url,
    caller,
    token,
    alice,
    approve,
    lastCommit,
  };

  async function approve(id: `appr_${string}`): Promise<void> {
    unwrap(await services.useCases.decide(alice, { approval: id, verdict: 'approve' }));
  }
}

/** Calls `note` after each commit, before the caller of the transaction continues. */
const noteCommits = (store: Store, note: () => void): Store => ({
  ...store,
  async transaction(work, kind) {
    const answer = await store.transaction(work, kind);
    note();
    return answer;
  },
});
