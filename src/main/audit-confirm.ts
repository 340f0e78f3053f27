/** `vsecure audit:confirm`: gives partitions that an earlier version detached the proof that the audit trail needs. Needs the database and the master key. */

import { readConfig } from '../config.js';
import type { DetachedPartition } from '../ports/index.js';
import { requireCluster } from '../postgres/cluster.js';
import { plainPartition } from './audit-detach.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openServices } from './services.js';

/** Exit code 1: there are such partitions, and nothing was confirmed. */
export async function run({
  yes = false,
  json,
}: {
  readonly yes?: boolean;
  readonly json?: boolean;
}): Promise<number> {
  const config = readConfig(process.env);
  if (!config.database.url) requireCluster(config.database.dataDir);
  const log = createLogger(config.logLevel);
  const disposal = createDisposal(log);
  try {
    const { confirmDetachments } = (await openServices(config, log, disposal)).useCases;
    const unproven = await confirmDetachments.unproven();
    if (yes) await confirmDetachments.confirm(unproven);
    process.stdout.write(json ? asJson(unproven, yes) : describe(unproven, yes));
    return unproven.length > 0 && !yes ? 1 : 0;
  } finally {
    await disposal.run();
  }
}

const asJson = (partitions: readonly DetachedPartition[], confirmed: boolean): string =>
  `${JSON.stringify({ confirmed, unproven: partitions.map(plainPartition) })}\n`;

function describe(partitions: readonly DetachedPartition[], confirmed: boolean): string {
  if (partitions.length === 0) return 'Each detached part of the audit trail has its proof.\n';
  const lines = partitions.map(
    ({ archive, first, last, hash }) => `  ${archive}: events ${first} to ${last}, hash ${hash}\n`,
  );
  return confirmed
    ? `Confirmed as detached by an operator:\n${lines.join('')}`
    : `Nothing proves that an operator detached these parts of the audit trail:\n${lines.join('')}Compare them with what audit:detach printed when it detached them. If all agree, run the command again with --yes.\n`;
}
