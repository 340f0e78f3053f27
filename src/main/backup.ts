/** `vsecure backup <dir>`: copies the embedded database while it runs. */

import path from 'node:path';
import { createProgress } from '../cli/progress.js';
import { readConfig } from '../config.js';
import { baseBackup } from '../postgres/base-backup.js';
import { requireCluster } from '../postgres/cluster.js';
import { startEmbedded } from '../postgres/embedded.js';

export async function run(dir: string, { json }: { readonly json?: boolean }): Promise<number> {
  const { database, masterKey } = readConfig(process.env);
  if (database.url)
    return write(
      process.stderr,
      'DATABASE_URL names your own PostgreSQL server: back it up with pg_dump or pg_basebackup.\n',
      1,
    );
  requireCluster(database.dataDir);
  const target = path.resolve(dir);
  await using server = await startEmbedded({ dataDir: database.dataDir });
  const progress = createProgress(process.stderr, 'Copying the database');
  await baseBackup(server, database.dataDir, target).finally(progress.end);
  process.stderr.write(
    `The backup does not contain the master key. ${masterKey.text ? 'Keep VSECURE_MASTER_KEY' : `Keep a copy of ${masterKey.file}`} in another place: the two together reveal every secret.\n`,
  );
  const text = json ? JSON.stringify({ folder: target }) : target;
  return write(process.stdout, `${text}\n`, 0);
}

function write(stream: NodeJS.WriteStream, text: string, code: number): number {
  stream.write(text);
  return code;
}
