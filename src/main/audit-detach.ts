/** `vsecure audit:detach`: takes old parts of the audit trail out of the table. Whoever has the database and the master key may do this. */

import { readConfig } from '../config.js';
import { createDisposal } from './disposal.js';
import { createLogger } from './logger.js';
import { openServices } from './services.js';

const USAGE = `Usage: vsecure audit:detach --before <date> --yes

Takes whole parts of the audit trail that ended before <date> (YYYY-MM-DD, UTC) out of the table. Nothing is deleted: each part stays
in the database as a table of its own, and the trail records where it now begins.

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
        ? 'Nothing is old enough.\n'
        : parts.map(({ archive, first, last, hash }) => say(archive, first, last, hash)).join(''),
    );
    return 0;
  } finally {
    await disposal.run();
  }
}

const say = (archive: string, first: number, last: number, hash: string) =>
  `Events ${first} to ${last} are now in the table ${archive}; the trail goes on from ${hash}.
  Export it: pg_dump --table=${archive} --file=${archive}.sql "$DATABASE_URL"
  When the export is safe, and only by hand: drop table ${archive};
`;

/** Undefined unless it was asked for in full. */
function readDate(argv: readonly string[]): Date | undefined {
  const [flag, date = '', yes, ...rest] = argv;
  if (flag !== '--before' || yes !== '--yes' || rest.length > 0) return undefined;
  const before = new Date(`${date}T00:00:00Z`);
  const isDate = /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(before.getTime());
  return isDate ? before : undefined;
}
