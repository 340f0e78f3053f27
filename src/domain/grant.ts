/** A time-limited right to use the resources of an approval. It ends by the database's clock, whether or not a job has run. */

import type { ApprovalId } from './approval.js';
import type { PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';
import type { GrantStatus, Operation } from './vocabulary.js';

export type GrantId = `grnt_${string}`;

export interface NewGrant {
  readonly id: GrantId;
  readonly approval: ApprovalId;
  readonly principal: PrincipalId;
  /** The policy that decided. A use under any other policy is refused. */
  readonly policy: PolicyId;
  readonly operation: Operation;
  readonly resources: readonly string[];
  /** Milliseconds from the moment of insertion. */
  readonly duration: number;
  readonly maxUses?: number | undefined;
  /** The digest of the approval, so that exactly what was approved is granted. */
  readonly digest: string;
}

export interface Grant extends Omit<NewGrant, 'duration'> {
  readonly status: GrantStatus;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly uses: number;
  /** When it was ended early, and the id of the person or principal that ended it. */
  readonly endedAt?: Date | undefined;
  readonly endedBy?: string | undefined;
  readonly endReason?: string | undefined;
}
