/** A finding about a policy. */

export interface LintFinding {
  readonly severity: 'refuse' | 'warn';
  /** A sentence for the author: what is wrong, and what to do. */
  readonly message: string;
}

/** The policy is refused. */
export const refuse = (message: string): LintFinding => ({ severity: 'refuse', message });

/** The policy is written, and its author is warned. */
export const warn = (message: string): LintFinding => ({ severity: 'warn', message });
