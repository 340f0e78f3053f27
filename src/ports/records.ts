/** The store of secrets, of the audit trail and of the installation. */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import type { PrincipalId } from '../domain/principal.js';
import type { SecretMetadata, SecretVersion } from '../domain/secret.js';
import type { VisibilityScope } from '../domain/visibility.js';
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

export interface AuditFilter {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly type?: AuditEvent['type'] | undefined;
  /** A resource or pattern, in full. */
  readonly resource?: string | undefined;
  /** A key's name or a person's e-mail. */
  readonly actor?: string | undefined;
  /** Only what this viewer may see. */
  readonly visibility?: VisibilityScope | undefined;
}

export interface AuditCountFilter extends Omit<AuditFilter, 'type' | 'visibility'> {
  /** Only of this principal's keys. */
  readonly principal?: PrincipalId | undefined;
  readonly types: readonly AuditEvent['type'][];
}

export interface ResourceCount {
  readonly resource: string;
  readonly count: number;
}

/** One link of the chain: the bytes that were hashed, and the hash. */
export interface ChainLink {
  readonly sequence: number;
  readonly canonical: string;
  /** Lower-case hex. */
  readonly hash: string;
}

export interface AuditReads {
  /** The links behind this number, in order. */
  chain(after: number, limit: number): Promise<readonly ChainLink[]>;
  /** What the next link will be hashed with, as the store knows it. */
  head(): Promise<Omit<ChainLink, 'canonical'>>;
  /** The last link that was taken out of the table. */
  anchor(): Promise<Omit<ChainLink, 'canonical'> | undefined>;
  list(filter: AuditFilter, page: Page): Promise<Listed<RecordedEvent>>;
  /** How many events of these types touched each resource, the most first. */
  count(filter: AuditCountFilter, page: Page): Promise<Listed<ResourceCount>>;
}

export interface Installation {
  readonly id: string;
  /** Proves that the master key is the one this database was sealed with. */
  readonly keyCheck: Uint8Array;
}

export interface InstallationReads {
  find(): Promise<Installation | undefined>;
}

export interface Installations extends InstallationReads {
  insert(installation: Installation): Promise<void>;
}
