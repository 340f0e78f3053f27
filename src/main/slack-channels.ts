/** Finds the channels that get cards: the default channel, and those that policies name, when there is a database to read. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Config } from '../config.js';
import { chainHash } from '../crypto/chain-hash.js';
import { makeId } from '../crypto/ids.js';
import { SECOND } from '../domain/limits.js';
import type { Policy } from '../domain/policy/policy.js';
import type { Log } from '../ports/index.js';
import type { UsedChannel } from '../slack/check/check-slack.js';
import { type Checked, type Finding, failed, skipped } from '../slack/check/finding.js';
import { schemaState } from '../store/migrate.js';
import { createStore } from '../store/store.js';
import { createDisposal, type Disposal } from './disposal.js';
import { explainFailure } from './failure.js';
import { createLogger } from './logger.js';
import { openConfiguredDatabase } from './services.js';

export interface FoundChannels {
  readonly channels: readonly UsedChannel[];
  /** Why the list may be incomplete, or a policy has no channel. */
  readonly gaps: readonly Checked[];
}

/** Reads the policies. Writes nothing: creates no database and runs no migration. */
export async function findChannels(
  config: Config,
  read: ReadPolicies = openAndRead,
): Promise<FoundChannels> {
  const found = await read(config);
  const policies = 'result' in found ? undefined : found.policies;
  const fallback = config.slack?.channel;
  return {
    channels: channelsOf(policies ?? [], fallback),
    gaps: [
      ...('result' in found ? [{ check: 'policies’ channels', ...found }] : []),
      ...(fallback ? [] : [{ check: 'default channel', ...withoutDefault(policies ?? []) }]),
    ],
  };
}

function channelsOf(policies: readonly Policy[], fallback: string | undefined): UsedChannel[] {
  const usedBy = new Map<string, string[]>(fallback ? [[fallback, ['default']]] : []);
  for (const { channel, uri } of policies)
    if (channel) usedBy.set(channel, [...(usedBy.get(channel) ?? []), uri]);
  return [...usedBy].map(([id, names]) => ({ id, usedBy: names }));
}

function withoutDefault(policies: readonly Policy[]): Finding {
  const withoutChannel = policies.filter(({ channel }) => channel === undefined).length;
  if (policies.length > 0 && withoutChannel === 0)
    return skipped('SLACK_CHANNEL is not set; each policy names its own channel');
  return failed(
    'SLACK_CHANNEL is not set: policies without a channel cannot post cards',
    'set SLACK_CHANNEL to a channel id (C…), or set `channel` in each policy',
  );
}

/** The policies, or why they cannot be read. */
export type ReadPolicies = (
  config: Config,
) => Promise<Finding | { readonly policies: readonly Policy[] }>;
type Read = Awaited<ReturnType<ReadPolicies>>;

/** Milliseconds. An embedded database may have to start. */
const TIMEOUT = 30 * SECOND;
const DATABASE_FIX =
  'check DATABASE_URL or VSECURE_DATA_DIR, and check that the database is running';

async function openAndRead(config: Config): Promise<Read> {
  if (!hasDatabase(config)) return skipped('there is no database yet, so there are no policies');
  const log = createLogger('error');
  const disposal = createDisposal(log);
  try {
    const timeout = sleep(TIMEOUT, failed('the database does not answer', DATABASE_FIX), {
      ref: false,
    });
    return await Promise.race([list(config, log, disposal), timeout]);
  } catch (error) {
    return failed(`the database cannot be read: ${explainFailure(error)}`, DATABASE_FIX);
  } finally {
    await disposal.run();
  }
}

async function list(config: Config, log: Log, disposal: Disposal): Promise<Read> {
  return policiesIn((await openConfiguredDatabase(config, log, disposal)).dataSource);
}

/** Throws NewerSchemaError. */
export async function policiesIn(dataSource: DataSource): Promise<Read> {
  if ((await schemaState(dataSource)) === 'behind')
    return skipped('the database schema is older than this vsecure', 'run `vsecure migrate`');
  const store = createStore(dataSource, { chain: chainHash, makeId });
  return { policies: await store.policies.list() };
}

function hasDatabase({ database: { url, dataDir } }: Config): boolean {
  return (
    url !== undefined || (dataDir !== undefined && existsSync(path.join(dataDir, 'PG_VERSION')))
  );
}
