/** The store of secrets. */

import type { SecretMetadata, SecretVersion } from '../domain/secret.js';
import type { Listed, Page } from './page.js';

export interface SecretPage extends Page {
  /** Only secrets that this valid pattern covers. */
  readonly pattern?: string | undefined;
}

export interface SecretReads {
  find(path: string): Promise<SecretMetadata | undefined>;
  list(page: SecretPage): Promise<Listed<SecretMetadata>>;
  /** Those of these paths that exist. */
  existing(paths: readonly string[]): Promise<readonly string[]>;
}

export interface Secrets extends SecretReads {
  /** Finds a secret and locks its row. A deleted secret is not found. */
  lock(path: string): Promise<SecretMetadata | undefined>;
  /** Undefined when a path exists that is equal except for case. A deleted path can be created again and continues its version numbers. */
  insert(id: string, path: string): Promise<SecretMetadata | undefined>;
  addVersion(version: SecretVersion): Promise<SecretMetadata>;
  /** True when this version was stored with this fingerprint. False for versions of releases that stored none. */
  hasFingerprint(id: SecretMetadata['id'], version: number, fingerprint: string): Promise<boolean>;
  /** Deletes all versions irrevocably. */
  remove(id: SecretMetadata['id']): Promise<void>;
}
