/** Facts about earlier, similar requests that help an approver decide. None of them is an agent's text. */

import type { Approval } from '../domain/approval.js';
import type { ApprovalStatus } from '../domain/vocabulary.js';

/** The request to compare with. A similar request has the same principal, the same operation and a resource in common. */
export type ComparedRequest = Pick<
  Approval,
  'id' | 'principal' | 'operation' | 'resources' | 'createdAt' | 'timesRequested'
>;

/** The principal's earlier requests for the same operation on these resources, on broader patterns or on parts of them. */
export interface RequesterHistory {
  readonly firstTime: boolean;
  /** Number of requests in the last 24 hours, including this one and its repetitions. */
  readonly requestsInLastDay: number;
  readonly lastApproved?: LastApproved | undefined;
  readonly lastDenied?: LastDenied | undefined;
}

export interface LastApproved {
  readonly at: Date;
  /** E-mail address. Undefined: no person decided. */
  readonly by?: string | undefined;
  /** Number of uses of the grant. */
  readonly uses: number;
}

export interface LastDenied {
  readonly at: Date;
  readonly by: string;
}

/** One line in the history of a resource: who requested what, and the result. */
export interface PastRequest
  extends Pick<Approval, 'id' | 'principal' | 'operation' | 'resources' | 'createdAt'> {
  /** Name of the key. */
  readonly requester: string;
  readonly status: ApprovalStatus;
  readonly settledAt?: Date | undefined;
  /** E-mail address. */
  readonly settledBy?: string | undefined;
  /** Number of uses of the grant. Undefined without a grant. */
  readonly uses?: number | undefined;
}
