/** The parts of `vsecure doctor` about the database, what is stored there, and the master key. They write nothing, and create no database. */

import { existsSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { Config } from '../../config.js';
import { chainHash } from '../../crypto/chain-hash.js';
import { makeId } from '../../crypto/ids.js';
import { keyCheck } from '../../crypto/master-key.js';
import { MINUTE, SECOND } from '../../domain/limits.js';
import type { Store } from '../../ports/index.js';
import { isCluster } from '../../postgres/cluster.js';
import { type Finding, failed, passed, skipped, warning } from '../../slack/check/finding.js';
import { POOL_SIZE } from '../../store/database.js';
import { isInstalled, pendingMigrations } from '../../store/migrate.js';
import { readServerFacts, type ServerFacts } from '../../store/server-facts.js';
import { createStore } from '../../store/store.js';
import { checkWritable } from '../../store/writable.js';
import { requireMasterKey } from '../../usecases/open-installation.js';
import type { Disposal } from '../disposal.js';
import { createLogger } from '../logger.js';
import { createMasterKey, presentMasterKey } from '../master-key-source.js';
import { openConfiguredDatabase } from '../services.js';
import { policiesIn, type ReadPolicies } from '../slack-channels.js';
import { explained, one, type Part } from './part.js';
import { receiverFindings } from './receiver-findings.js';
import type { UsableConfig } from './usable-config.js';

/** PostgreSQL 14 got its last fixes in November 2026. https://www.postgresql.org/support/versioning/ */
const OLDEST_MAJOR = 15;

export interface DatabaseParts {
  readonly parts: readonly Part[];
  /** For the channels that policies name; after the parts have run. */
  readonly readPolicies: ReadPolicies;
}

const NO_DATABASE = skipped('not checked, because the database cannot be used');
const OTHER_SCHEMA = skipped('not checked, because the schema is of another version');

/** Opens the database in the first part. The disposal closes it, and stops an embedded server that this process started. */
export function databaseParts(
  { config, unusable }: UsableConfig,
  disposal: Disposal,
): DatabaseParts {
  let opened: DataSource | undefined;
  let isCurrent = false;

  const look = (check: string, at: (dataSource: DataSource) => Promise<Finding>) =>
    one(check, () => (opened ? at(opened) : NO_DATABASE));
  const storeIn = (dataSource: DataSource) => createStore(dataSource, { chain: chainHash, makeId });

  const database = one('database', async () => {
    const without = unusable('database') ?? withoutDatabase(config);
    if (without) return without;
    try {
      opened = await open(config, disposal);
      return await checkServer(opened);
    } catch (error) {
      // The embedded server's own errors say what to do.
      return config.database.url ? failed(explained(error).message, URL_FIX) : explained(error);
    }
  });
  const schema = look('schema', async (dataSource) => {
    const finding = await checkSchema(dataSource, config);
    isCurrent = finding.result === 'ok';
    return finding;
  });
  const receivers: Part = {
    check: 'receivers',
    async *findings() {
      const unknown = unusable('mail') ?? (opened ? OTHER_SCHEMA : NO_DATABASE);
      if (opened && isCurrent && !unusable('mail'))
        yield* receiverFindings(storeIn(opened), config.mail);
      else yield { check: 'receivers', ...unknown };
    },
  };
  return {
    parts: [
      database,
      look('writing', checkWriting),
      look('settings', checkSettings),
      look('clock', checkClock),
      schema,
      look(
        'master key',
        async (dataSource) =>
          unusable('masterKey') ?? checkMasterKey(dataSource, storeIn(dataSource), config),
      ),
      receivers,
    ],
    async readPolicies() {
      if (!opened) return NO_DATABASE;
      return isCurrent ? policiesIn(opened) : OTHER_SCHEMA;
    },
  };
}

const URL_FIX = 'start the database server, or correct DATABASE_URL';

/** Nothing is logged: each failure becomes a finding. */
const NO_LOG = createLogger('silent');

async function open(config: Config, disposal: Disposal): Promise<DataSource> {
  return (await openConfiguredDatabase(config, NO_LOG, disposal)).dataSource;
}

/** Undefined when there is a database to open. Opening an embedded one that does not exist would create it. */
function withoutDatabase({ database }: Config): Finding | undefined {
  if (database.url || isCluster(database.dataDir)) return undefined;
  return skipped(
    `there is no database at ${database.dataDir} yet`,
    'the first `vsecure serve` creates it; if there should be one, set VSECURE_DATA_DIR',
  );
}

async function checkServer(dataSource: DataSource): Promise<Finding> {
  const start = performance.now();
  const { version, major } = await readServerFacts(dataSource);
  const answered = `PostgreSQL ${version} answers within ${Math.ceil(performance.now() - start)} ms`;
  if (major >= OLDEST_MAJOR) return passed(answered);
  return warning(
    `${answered}, and this version gets no more fixes`,
    'upgrade the database server; vsecure is tested with PostgreSQL 18',
  );
}

async function checkWriting(dataSource: DataSource): Promise<Finding> {
  if (!(await isInstalled(dataSource)))
    return skipped('not checked, because no `vsecure serve` has used this database yet');
  await checkWritable(dataSource);
  return passed('a test record was committed');
}

/** One process uses its pool, a connection that listens, and one for a command such as this. */
const CONNECTIONS = POOL_SIZE + 2;

async function checkSettings(dataSource: DataSource): Promise<Finding> {
  return settingsFinding(await readServerFacts(dataSource));
}

export function settingsFinding({
  lost,
  encoding,
  unsafe,
  connections,
}: Pick<ServerFacts, 'lost' | 'encoding' | 'unsafe' | 'connections'>): Finding {
  if (lost.length > 0)
    return failed(
      `sessions lose what vsecure sets: ${lost.join(', ')}`,
      'a connection pooler hands the session to another client: use its session mode, or connect to PostgreSQL directly',
    );
  if (encoding !== 'UTF8')
    return failed(
      `the encoding of the database is ${encoding}`,
      'create a database with the encoding UTF8, and move the data',
    );
  if (unsafe.length > 0)
    return warning(
      `${unsafe.join(' and ')} off: a power cut can damage the database`,
      `set ${unsafe.map((name) => `${name} = on`).join(' and ')} in postgresql.conf`,
    );
  if (connections < CONNECTIONS)
    return warning(
      `the server has ${connections} connections, and one vsecure uses up to ${CONNECTIONS}`,
      'raise max_connections in postgresql.conf',
    );
  return passed('the session and the server have the settings that vsecure depends on');
}

async function checkSchema(dataSource: DataSource, { migrate }: Config): Promise<Finding> {
  const pending = await pendingMigrations(dataSource);
  if (pending.length === 0) return passed('it has every migration of this version');
  const message =
    pending.length === 1
      ? `1 migration is pending: ${pending[0]}`
      : `${pending.length} migrations are pending, from ${pending[0]} on`;
  if (migrate === 'off') return failed(message, 'run `vsecure migrate`');
  return warning(message, 'restart `vsecure serve`, which runs them, or run `vsecure migrate`');
}

async function checkMasterKey(
  dataSource: DataSource,
  store: Store,
  config: Config,
): Promise<Finding> {
  const installed = await isInstalled(dataSource);
  const { create, file } = config.masterKey;
  if (!installed && create && !existsSync(file))
    return skipped('the first `vsecure serve` generates it');
  // Of an installed database, no key is generated.
  const masterKey = presentMasterKey(config) ?? createMasterKey(config, { isInstalled: true });
  const installation = installed ? await store.installation.find() : undefined;
  if (!installation) return passed('it can be used; the first `vsecure serve` seals the database');
  requireMasterKey(installation, keyCheck(masterKey));
  return passed('it is the one that the database was sealed with');
}

/** Slack refuses requests whose time differs by five minutes; a smaller difference is confusing only. */
const SKEW = { warn: 30 * SECOND, fail: 4 * MINUTE };

async function checkClock(dataSource: DataSource): Promise<Finding> {
  const start = Date.now();
  const { now } = await readServerFacts(dataSource);
  return clockFinding((start + Date.now()) / 2 - now.getTime());
}

/** `ahead`: how far this machine's clock is ahead of the database's (ms). */
export function clockFinding(ahead: number): Finding {
  const seconds = Math.round(Math.abs(ahead) / SECOND);
  if (Math.abs(ahead) <= SKEW.warn)
    return passed(`within ${Math.max(seconds, 1)} s of the database's clock`);
  const message = `this machine is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the database, whose clock decides when requests and grants end`;
  const fix = 'synchronise the clocks of both machines with NTP (timedatectl set-ntp true)';
  return Math.abs(ahead) > SKEW.fail ? failed(message, fix) : warning(message, fix);
}
