/** Chooses where the master key comes from: the environment or a file. A key-management service would be a further source here. */

import type { Config } from '../config.js';
import { type MasterKey, parseMasterKey } from '../crypto/master-key.js';
import { loadOrCreateMasterKeyFile } from '../crypto/master-key-file.js';

/** Throws MasterKeyError when the key is malformed or its file cannot be read. */
export function loadMasterKey({ masterKey: { text, file, create } }: Config): MasterKey {
  if (text) return parseMasterKey(text.reveal(), 'VSECURE_MASTER_KEY');
  return loadOrCreateMasterKeyFile(file, { create });
}
