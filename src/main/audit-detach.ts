/** `vsecure audit:detach`: detaches old partitions of the audit trail. Needs the database and the master key. */

import { readConfig } from '../config.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openServices } from './services.js';

const USAGE = `Usage: vsecure audit:detach --before <date> --yes

Detaches the partitions of the audit trail that ended before <date> (YYYY-MM-DD, UTC). Nothing is deleted: each partition stays in the
database as a table of its own, and an audit event records where the trail now starts.

Example: vsecure audit:detach --before 2026-01-01 --yes
`;

export async function run(argv: string[]): Promise<number> {
  const before = readDate(argv);
  if (!before) {
    process.stderr.write(USAGE);
    return 2;
  }
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const disposal = createDisposal(log);
  try {
    const { useCases } = await openServices(config, log, disposal);
    const parts = await useCases.detachAudit(before);
    process.stdout.write(
      parts.length === 0
        ? 'No partition ended before that date; nothing was detached.\n'
        : parts
            .map(({ archive, first, last, hash }) => describePartition(archive, first, last, hash))
            .join(''),
    );
    return 0;
  } finally {
    await disposal.run();
  }
}

const describePartition = (archive: string, first: number, last: number, hash: string) =>
  `Events ${first} to ${last} are now in the table ${archive}. The trail continues from the hash ${hash}.
  Export the table: pg_dump --table=${archive} --file=${archive}.sql "$DATABASE_URL"
  When you have stored the export safely, you can drop the table: drop table ${archive};
`;

/** Undefined when a flag is missing or wrong. */
function readDate(argv: readonly string[]): Date | undefined {
  const [flag, date = '', yes, ...rest] = argv;
  if (flag !== '--before' || yes !== '--yes' || rest.length > 0) return undefined;
  const before = new Date(`${date}T00:00:00Z`);
  const isDate = /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(before.getTime());
  return isDate ? before : undefined;
}
