/** A time-limited right to use what an approval named. It ends by the database's clock alone; no sweeper has a say. */

import type { ApprovalId } from './approval.js';
import type { PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';
import type { GrantStatus, Operation } from './vocabulary.js';

export type GrantId = `grnt_${string}`;

export interface NewGrant {
  readonly id: GrantId;
  readonly approval: ApprovalId;
  readonly principal: PrincipalId;
  /** The deciding policy: a use under any other is refused. */
  readonly policy: PolicyId;
  readonly operation: Operation;
  readonly resources: readonly string[];
  /** Milliseconds from the moment it is written. */
  readonly duration: number;
  readonly maxUses?: number | undefined;
  /** The digest of the approval: what was approved is what is granted. */
  readonly digest: string;
}

export interface Grant extends Omit<NewGrant, 'duration'> {
  readonly status: GrantStatus;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly uses: number;
  readonly endReason?: string | undefined;
}
