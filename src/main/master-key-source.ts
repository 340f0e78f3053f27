/** Chooses where the master key comes from: the environment or a file. A key-management service would be a further source here. */

import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import { type MasterKey, MasterKeyError, parseMasterKey } from '../crypto/master-key.js';
import { loadOrCreateMasterKeyFile } from '../crypto/master-key-file.js';

/**
 * Generates a key file only for a database that is not yet sealed with a key: a restored database without its key must not get another one,
 * which opens nothing and is then taken for the right one. Throws MasterKeyError when the key is missing or malformed, or its file cannot be read.
 */
export function loadMasterKey(
  { masterKey: { text, file, create } }: Config,
  database: { readonly isInstalled: boolean },
): MasterKey {
  if (text) return parseMasterKey(text.reveal(), 'VSECURE_MASTER_KEY');
  if (create && database.isInstalled && !existsSync(file))
    throw new MasterKeyError(
      `the master key ${file} is missing, and this database is sealed with one: copy the key there from the place where you keep it, or set VSECURE_MASTER_KEY`,
    );
  return loadOrCreateMasterKeyFile(file, { create });
}
