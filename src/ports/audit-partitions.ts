/** The audit trail's parts. */

/** What was taken out of the table. It stays in the database under this name. */
export interface DetachedPart {
  readonly archive: string;
  readonly first: number;
  readonly last: number;
  /** Of its last event, in lower-case hex: what the next one is chained to. */
  readonly hash: string;
}

export interface AuditParts {
  /** Was the open part begun more than so many days ago? */
  due(days: number): Promise<boolean>;
  /** Closes the open part and begins another. False when there is nothing in it. */
  next(): Promise<boolean>;
  /** Undefined when the oldest part is open, or holds something that happened later. */
  detachOldest(before: Date): Promise<DetachedPart | undefined>;
}
