/** `vsecure audit:detach`: detaches old partitions of the audit trail. Needs the database and the master key. */

import { readConfig } from '../config.js';
import type { DetachedPartition } from '../ports/index.js';
import { requireCluster } from '../postgres/cluster.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openServices } from './services.js';

export interface DetachArguments {
  readonly before: Date;
  /** Prints JSON instead of sentences. */
  readonly json?: boolean;
}

export async function run({ before, json }: DetachArguments): Promise<number> {
  const config = readConfig(process.env);
  if (!config.database.url) requireCluster(config.database.dataDir);
  const log = createLogger(config.logLevel);
  const disposal = createDisposal(log);
  try {
    const { useCases } = await openServices(config, log, disposal);
    const parts = await useCases.detachAudit(before);
    process.stdout.write(json ? `${JSON.stringify(parts.map(plainPartition))}\n` : describe(parts));
    return 0;
  } finally {
    await disposal.run();
  }
}

/** What a reader needs of a detached partition, as JSON. */
export const plainPartition = ({ archive, first, last, hash }: DetachedPartition) => ({
  archive,
  first,
  last,
  hash,
});

const describe = (parts: readonly DetachedPartition[]) =>
  parts.length === 0
    ? 'No partition ended before that date; nothing was detached.\n'
    : parts
        .map(({ archive, first, last, hash }) => describePartition(archive, first, last, hash))
        .join('');

const describePartition = (archive: string, first: number, last: number, hash: string) =>
  `Events ${first} to ${last} are now in the table ${archive}. The trail continues from the hash ${hash}.
  Export the table: pg_dump --table=${archive} --file=${archive}.sql "$DATABASE_URL"
  When you have stored the export safely, you can drop the table: drop table ${archive};
`;
