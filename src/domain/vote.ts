/** One person's word on one approval. UNIQUE (approval, person) in the database: nobody is counted twice. */

import type { ApprovalId } from './approval.js';
import type { PersonId } from './person.js';
import type { Door, Verdict } from './vocabulary.js';

export interface Vote {
  readonly approval: ApprovalId;
  readonly person: PersonId;
  readonly verdict: Verdict;
  readonly door: Door;
  readonly reason?: string | undefined;
  /** Of the resources asked for, those that this approver would grant. Undefined: all. */
  readonly resources?: readonly string[] | undefined;
  /** Milliseconds that this approver would grant; never above what was asked. */
  readonly duration?: number | undefined;
}
