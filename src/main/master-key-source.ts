/** Chooses where the master key comes from: the environment or a file. A key-management service would be a further source here. */

import { existsSync } from 'node:fs';
import { type Config, ConfigError } from '../config.js';
import { type MasterKey, MasterKeyError, parseMasterKey } from '../crypto/master-key.js';
import { loadOrCreateMasterKeyFile } from '../crypto/master-key-file.js';

/**
 * The key that is there already, or undefined when one may be generated. Call it before the database is made, which a bad key would
 * leave behind. Throws ConfigError or MasterKeyError when the key is missing or malformed, or its file cannot be read.
 */
export function presentMasterKey({ masterKey }: Config): MasterKey | undefined {
  const { text, file, create } = masterKey;
  if (text) return parseMasterKey(text.reveal(), 'VSECURE_MASTER_KEY');
  if (create) return existsSync(file) ? loadOrCreateMasterKeyFile(file, { create }) : undefined;
  try {
    return loadOrCreateMasterKeyFile(file, { create });
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    throw new ConfigError([`VSECURE_MASTER_KEY_FILE: ${error.message}`]);
  }
}

/**
 * Generates a key file only for a database that is not yet sealed with a key: a restored database without its key must not get another one,
 * which opens nothing and is then taken for the right one. Throws MasterKeyError then.
 */
export function createMasterKey(
  { masterKey: { file, create } }: Config,
  database: { readonly isInstalled: boolean },
): MasterKey {
  if (database.isInstalled && !existsSync(file))
    throw new MasterKeyError(
      `the master key ${file} is missing, and this database is sealed with one: copy the key there from the place where you keep it, or set VSECURE_MASTER_KEY`,
    );
  return loadOrCreateMasterKeyFile(file, { create });
}
