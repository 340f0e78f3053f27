/** Reading the audit trail. Only a transaction appends to it (`Tx.record`). */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import type { PrincipalId } from '../domain/principal.js';
import type { VisibilityScope } from '../domain/visibility.js';
import type { Listed, Page } from './page.js';

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
