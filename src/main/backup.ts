/** `vsecure backup <dir>`: copies the embedded database while it runs. */

import path from 'node:path';
import { createProgress } from '../cli/progress.js';
import { readConfig } from '../config.js';
import { baseBackup } from '../postgres/base-backup.js';
import { startEmbedded } from '../postgres/embedded.js';

const USAGE = `Usage: vsecure backup <dir>

Copies the embedded database into <dir>, which must not exist yet, while vsecure runs.
The master key is not in it: keep that somewhere else. Without it no backup can be read.

Example: vsecure backup /var/backups/vsecure-2026-11-22
`;

export async function run(argv: string[]): Promise<number> {
  const [dir, ...rest] = argv;
  if (dir === '--help' || dir === '-h') return say(process.stdout, USAGE, 0);
  if (dir === undefined || dir.startsWith('-') || rest.length > 0)
    return say(process.stderr, USAGE, 2);
  const { database, masterKey } = readConfig(process.env);
  if (database.url)
    return say(
      process.stderr,
      'DATABASE_URL names a server of your own: back it up with its own tools, such as pg_dump or pg_basebackup.\n',
      1,
    );
  const target = path.resolve(dir);
  await using server = await startEmbedded({ dataDir: database.dataDir });
  const progress = createProgress(process.stderr, 'Copying the database');
  await baseBackup(server, database.dataDir, target).finally(progress.end);
  process.stderr.write(
    `The master key is not in the backup. ${masterKey.text ? 'Keep VSECURE_MASTER_KEY' : `Keep a copy of ${masterKey.file}`} apart from it: whoever has both has every secret.\n`,
  );
  return say(process.stdout, `${target}\n`, 0);
}

function say(stream: NodeJS.WriteStream, text: string, code: number): number {
  stream.write(text);
  return code;
}
