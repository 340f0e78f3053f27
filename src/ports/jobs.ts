/** Coordinating scheduled jobs between processes. */

/** Which fires of scheduled jobs have been taken, by any process. */
export interface JobRuns {
  /** True for the one process that gets to run this fire. */
  claim(key: string): Promise<boolean>;
  finished(key: string): Promise<void>;
  /** Forgets old fires. */
  forget(): Promise<void>;
}
