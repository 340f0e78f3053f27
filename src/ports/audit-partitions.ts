/** Partitions of the audit trail. */

/** A partition that was detached from the table. It stays in the database under this name. */
export interface DetachedPartition {
  readonly archive: string;
  readonly first: number;
  readonly last: number;
  /** The hash of its last event, in lower-case hex; the next event is chained to it. */
  readonly hash: string;
}

/** Proves that the holder of the master key detached a partition. */
export interface DetachmentProof {
  /** 32 bytes. */
  prove(partition: DetachedPartition): Uint8Array;
  /** Compares in constant time. */
  holds(partition: DetachedPartition, proof: Uint8Array): boolean;
}

export interface AuditPartitions {
  /** Whether the open partition was opened more than so many days ago. */
  due(days: number): Promise<boolean>;
  /** Closes the open partition and opens the next. False when the open one is empty. */
  next(): Promise<boolean>;
  /** Undefined when the oldest partition is open, or holds an event that is not older than `before`. */
  detachOldest(before: Date): Promise<DetachedPartition | undefined>;
  /** Stores the proof of a detached partition. Throws when there is no such partition. */
  saveProof(archive: string, proof: Uint8Array): Promise<void>;
}
