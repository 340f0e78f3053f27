/** The store of answers to changes, for whoever sends one again because the answer was lost. */

import type { ApprovalId } from './approval.js';
import type { GrantId } from './grant.js';
import type { PrincipalId } from './principal.js';
import type { SecretChange } from './secret.js';

/** What is kept of an answer: all of it where it never changes, else what it was about. It holds no value. */
export type Kept = SecretChange | { readonly approval: ApprovalId } | { readonly grant: GrantId };

export interface KeptAnswer {
  /** Of the whole question. */
  readonly fingerprint: string;
  readonly answer: Kept;
}

export interface Repeats {
  /**
   * Takes this principal's key for the change that is being made, once nobody else is making one under it. Answers with what it
   * was used for before; undefined when it is new, and then `keep` must follow in the same transaction.
   */
  claim(principal: PrincipalId, key: string, fingerprint: string): Promise<KeptAnswer | undefined>;
  keep(principal: PrincipalId, key: string, answer: Kept): Promise<void>;
  /** Forgets answers that are older than `ms`. Resolves with how many. */
  forget(ms: number): Promise<number>;
}
