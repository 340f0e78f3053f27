/** The store of secrets. */

import type { SecretMetadata, SecretVersion } from '../domain/secret.js';
import type { Listed, Page } from './page.js';

export interface SecretReads {
  find(path: string): Promise<SecretMetadata | undefined>;
  list(page: Page): Promise<Listed<SecretMetadata>>;
}

export interface Secrets extends SecretReads {
  /** Finds a secret and holds its row. A deleted one is not found. */
  lock(path: string): Promise<SecretMetadata | undefined>;
  /** Undefined when a path that differs at most in case exists. A deleted path comes back, and goes on counting its versions. */
  insert(id: string, path: string): Promise<SecretMetadata | undefined>;
  addVersion(version: SecretVersion): Promise<SecretMetadata>;
  /** Deletes all versions for good. */
  remove(id: SecretMetadata['id']): Promise<void>;
}
