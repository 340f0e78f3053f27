/** Reading the audit trail. Only a transaction appends to it (`Tx.record`). */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import type { PrincipalId } from '../domain/principal.js';
import type { VisibilityScope } from '../domain/visibility.js';
import type { Listed, Page } from './page.js';

export interface AuditFilter {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly type?: AuditEvent['type'] | undefined;
  /** A full resource URI or pattern. */
  readonly resource?: string | undefined;
  /** A key's name or a person's e-mail address. */
  readonly actor?: string | undefined;
  /** Only what this viewer may see. */
  readonly visibility?: VisibilityScope | undefined;
}

export interface AuditCountFilter extends Omit<AuditFilter, 'type' | 'visibility'> {
  /** Only events of this principal's keys. */
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
  /** The links after this sequence number, in order. */
  chain(after: number, limit: number): Promise<readonly ChainLink[]>;
  /** The newest link. The next link is hashed with it. */
  head(): Promise<Omit<ChainLink, 'canonical'>>;
  /** The last link of the detached partitions. */
  anchor(): Promise<Omit<ChainLink, 'canonical'> | undefined>;
  list(filter: AuditFilter, page: Page): Promise<Listed<RecordedEvent>>;
  /** Number of events of these types for each resource, the highest first. */
  count(filter: AuditCountFilter, page: Page): Promise<Listed<ResourceCount>>;
}
