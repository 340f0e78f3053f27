/** Reading the audit trail. Only a transaction appends to it (`Tx.record`). */

import type { AuditEvent, RecordedEvent } from '../domain/audit-event.js';
import type { VisibilityScope } from '../domain/visibility.js';
import type { AuditGrouping, EntryPoint, Verdict } from '../domain/vocabulary.js';
import type { Listed, Page } from './page.js';

export interface AuditFilter {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly type?: AuditEvent['type'] | undefined;
  /** A full resource URI or pattern. */
  readonly resource?: string | undefined;
  /** A key's name or a person's e-mail address. */
  readonly actor?: string | undefined;
  /** Only votes, decisions and refused attempts to decide, with this verdict. */
  readonly verdict?: Verdict | undefined;
  readonly entryPoint?: EntryPoint | undefined;
  /** Only what this viewer may see. */
  readonly visibility?: VisibilityScope | undefined;
}

export interface AuditCountFilter extends Omit<AuditFilter, 'type'> {
  /** Absent: every type. */
  readonly types?: readonly AuditEvent['type'][] | undefined;
  readonly groupBy: AuditGrouping;
}

/** The number of events of one resource, actor, type, hour or outcome. */
export interface AuditCount {
  /** An hour is its beginning in UTC: `2026-05-01T09:00:00Z`. */
  readonly name: string;
  readonly count: number;
}

export interface ResourceCount {
  readonly resource: string;
  readonly count: number;
}

/** A position in the chain. */
export interface ChainPosition {
  readonly sequence: number;
  /** Lower-case hex. */
  readonly hash: string;
}

/** One row of the chain: the bytes that were hashed, the hash, and the columns that must agree with the bytes. */
export interface ChainLink extends ChainPosition {
  readonly canonical: string;
  /** The column `at`: RFC 3339 in UTC with microseconds. */
  readonly at: string;
  /** The column `body`, which searches read: JSON. */
  readonly body: string;
}

/** One row of `audit_part`. Times are RFC 3339 in UTC with microseconds. */
export interface TrailPartition {
  readonly name: string;
  readonly first: number;
  /** Null while the partition is open. */
  readonly last: number | null;
  /** The hash of the last link, lower-case hex. Null while the partition is open. */
  readonly hash: string | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  /** Null while the partition is attached. */
  readonly detachedAt: string | null;
  /** Of the detaching, in hex. Null when there is none. */
  readonly proof: string | null;
}

/** A part of the trail as it is stored, all of one moment. */
export interface TrailPart {
  /** The newest link. The next link is hashed with it. Undefined when the row is missing. */
  readonly head: ChainPosition | undefined;
  /** Ordered by their first event. */
  readonly partitions: readonly TrailPartition[];
  readonly links: readonly ChainLink[];
}

export interface AuditReads {
  /** The links after this sequence number, in order, with the head and the partitions. */
  trail(after: number, limit: number): Promise<TrailPart>;
  /**
   * The newest events first. One call looks at a bounded number of events, so that a page may have fewer items than its limit, or none,
   * although there is a next page.
   */
  list(filter: AuditFilter, page: Page): Promise<Listed<RecordedEvent>>;
  /**
   * Number of events in each group, the highest first. An event counts once for each of its resources, and once in every other group. One
   * call counts a bounded number of events, the newest first. The last page of one part leads to the next, older part, which may have the same
   * groups: their counts are added.
   */
  count(filter: AuditCountFilter, page: Page): Promise<Listed<AuditCount>>;
}
