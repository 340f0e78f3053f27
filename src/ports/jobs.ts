/** Coordinating scheduled jobs between processes. */

/** The runs of scheduled jobs that any process has claimed. */
export interface JobRuns {
  /** True for the one process that may run the job this time. */
  claim(key: string): Promise<boolean>;
  finished(key: string): Promise<void>;
  /** Deletes old runs. */
  forget(): Promise<void>;
}
