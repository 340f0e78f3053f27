/** Partitions of the audit trail. */

/** A partition that was detached from the table. It stays in the database under this name. */
export interface DetachedPartition {
  readonly archive: string;
  readonly first: number;
  readonly last: number;
  /** The hash of its last event, in lower-case hex; the next event is chained to it. */
  readonly hash: string;
}

export interface AuditPartitions {
  /** Whether the open partition was opened more than so many days ago. */
  due(days: number): Promise<boolean>;
  /** Closes the open partition and opens the next. False when the open one is empty. */
  next(): Promise<boolean>;
  /** Undefined when the oldest partition is open, or holds an event that is not older than `before`. */
  detachOldest(before: Date): Promise<DetachedPartition | undefined>;
}
