/** Opens what the listeners need: database, master key, store, and the use cases over them. */

import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { DataSource } from 'typeorm';
import type { Config } from '../config.js';
import { createAnswerSeal } from '../crypto/answer-seal.js';
import { createKeyHasher } from '../crypto/api-key.js';
import { chainHash } from '../crypto/chain-hash.js';
import { createDetachmentProof } from '../crypto/detachment-proof.js';
import { digest } from '../crypto/digest.js';
import { createVault } from '../crypto/envelope.js';
import { createFingerprint } from '../crypto/fingerprint.js';
import { makeId } from '../crypto/ids.js';
import { keyCheck } from '../crypto/master-key.js';
import { generateSecureToken } from '../crypto/random-token.js';
import { makeSigningSecret } from '../crypto/signing-secret.js';
import type { Directory, Log } from '../ports/index.js';
import { EmbeddedPostgresError } from '../postgres/errors.js';
import { keepEmbedded } from '../postgres/kept.js';
import { createAutoApprovals } from '../store/auto-approvals.js';
import { createCards } from '../store/cards.js';
import { type DatabaseConnection, openDatabase } from '../store/database.js';
import { createDigests } from '../store/digests.js';
import { createJobRuns } from '../store/job-runs.js';
import { createCountOn } from '../store/metric-rollup.js';
import { isInstalled, migrate, schemaState } from '../store/migrate.js';
import { createNotificationOutbox } from '../store/notification-outbox.js';
import { createReadLedger } from '../store/read-ledger.js';
import { createSlackOutbox } from '../store/slack-outbox.js';
import { createStore } from '../store/store.js';
import { createListener } from '../store/wakeups.js';
import { createUseCases } from '../usecases/index.js';
import { openInstallation } from '../usecases/open-installation.js';
import type { Disposal } from './disposal.js';
import { openEgress } from './egress.js';
import { createMasterKey, presentMasterKey } from './master-key-source.js';
import { currentOrigin, recordCommit } from './request-context.js';
import type { Tracing } from './span.js';
import { withLogging } from './with-logging.js';
import { withTracedTransactions, withTracing } from './with-tracing.js';

/** The database schema is older than this program, and `VSECURE_MIGRATE=off` forbids migrating it at start. */
export class SchemaBehindError extends Error {
  override readonly name = 'SchemaBehindError';
  readonly code = 'schema_behind';

  constructor() {
    super(
      'the database schema is behind this vsecure: run `vsecure migrate`, or set VSECURE_MIGRATE=auto',
    );
  }
}

export interface Database {
  readonly connection: DatabaseConnection;
  readonly dataSource: DataSource;
}

/**
 * Connects to the configured Postgres, or starts the embedded one. Runs no migration. `onDatabaseLost` is called when the embedded one
 * ended and cannot be started again.
 */
export async function openConfiguredDatabase(
  config: Config,
  log: Log,
  disposal: Disposal,
  onDatabaseLost?: () => void,
): Promise<Database> {
  const connection = await findOrStartPostgres(config, log, disposal, onDatabaseLost);
  const dataSource = await openDatabase(connection, {
    onError: (code) => log.warn({ code }, 'the database ended an idle connection'),
  });
  disposal.add('database', () => dataSource.destroy());
  return { connection, dataSource };
}

async function findOrStartPostgres(
  config: Config,
  log: Log,
  disposal: Disposal,
  onDatabaseLost = () => {},
): Promise<DatabaseConnection> {
  if (config.database.url) return { url: config.database.url.reveal() };
  const server = await keepEmbedded(
    { dataDir: config.database.dataDir },
    {
      onRestart: () => log.warn({}, 'embedded PostgreSQL had ended, and runs again'),
      onFailure(error) {
        const reason = error instanceof EmbeddedPostgresError ? error.message : undefined;
        log.error({ err: error, reason }, 'embedded PostgreSQL ended, and cannot start again');
        onDatabaseLost();
      },
    },
  );
  disposal.add('embedded postgres', () => server.stop());
  log.info({ dataDir: config.database.dataDir }, 'embedded PostgreSQL is running');
  const { host, port, user, database } = server;
  return { host, port, user, database };
}

export type Services = Omit<Awaited<ReturnType<typeof openServices>>, 'tracing'> &
  Pick<ServiceHooks, 'tracing'>;

export type SlackState = 'ok' | 'degraded' | 'off';

/** What the services need from the listeners, which are opened later. */
export interface ServiceHooks {
  /** Called when a transaction has written an outbox row. */
  readonly onDelivery?: () => void;
  /** Undefined while Slack is not connected. */
  readonly directory?: () => Directory | undefined;
  readonly slackState?: () => SlackState;
  /** Called when the embedded database ended and cannot be started again. */
  readonly onDatabaseLost?: (() => void) | undefined;
  /** Undefined when no collector is configured. */
  readonly tracing?: Tracing | undefined;
}

/** Throws when the database, its schema or the master key cannot be used. */
export async function openServices(
  config: Config,
  log: Log,
  disposal: Disposal,
  hooks: ServiceHooks = {},
) {
  const { onDelivery, directory = () => undefined, slackState = () => 'off', tracing } = hooks;
  const present = presentMasterKey(config);
  const { connection, dataSource } = await openConfiguredDatabase(
    config,
    log,
    disposal,
    hooks.onDatabaseLost,
  );
  const masterKey =
    present ?? createMasterKey(config, { isInstalled: await isInstalled(dataSource) });
  await bringUpToDate(dataSource, config, log);
  const store = withTracedTransactions(
    createStore(dataSource, {
      chain: chainHash,
      makeId,
      origin: currentOrigin,
      onCommit: recordCommit,
    }),
    tracing,
  );
  const installation = await openInstallation(store, makeId, keyCheck(masterKey));
  const listener = createListener(connection, onDelivery);
  await listener.start();
  disposal.add('listener', () => listener.stop());

  const cards = createCards(dataSource);
  const useCases = createUseCases({
    store,
    ledger: createReadLedger(dataSource, chainHash, installation.id, recordCommit),
    wakeups: listener,
    vault: createVault(masterKey),
    hasher: createKeyHasher(masterKey),
    makeId,
    digest,
    fingerprint: createFingerprint(masterKey),
    chain: chainHash,
    answerSeal: createAnswerSeal(masterKey, installation.id),
    detachments: createDetachmentProof(masterKey, installation.id),
    makeToken: generateSecureToken,
    makeSigningSecret,
    ...(await openEgress(config, disposal)),
    stopwatch: () => performance.now(),
    installation: installation.id,
    defaultApprovers: config.defaultApprovers,
    limits: config.limits,
    directory,
    linkByEmail: config.slack?.linkByEmail ?? false,
    humanKeys: config.humanKeys,
    cardLink: cards.link,
  });
  return {
    useCases: withLogging(withTracing(useCases, tracing), { store, slackState, log }),
    tracing,
    store,
    dataSource,
    slackOutbox: createSlackOutbox(dataSource),
    notificationOutbox: createNotificationOutbox(dataSource),
    countOn: createCountOn(dataSource),
    cards,
    autoApprovals: createAutoApprovals(dataSource),
    digests: createDigests(dataSource),
    jobRuns: createJobRuns(dataSource, `${hostname()}/${process.pid}`),
  };
}

async function bringUpToDate(dataSource: DataSource, config: Config, log: Log): Promise<void> {
  if ((await schemaState(dataSource)) === 'current') return;
  if (config.migrate === 'off') throw new SchemaBehindError();
  const ran = await migrate(dataSource);
  log.info({ migrations: ran }, 'the database schema is up to date');
}
