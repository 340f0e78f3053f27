/** What is on record about the likes of a request: facts that help an approver decide, none of them an agent's words. */

import type { Approval } from '../domain/approval.js';
import type { ApprovalStatus } from '../domain/vocabulary.js';

/** Which requests are like this one: same principal, same operation, and a resource in common. */
export type ComparedRequest = Pick<
  Approval,
  'id' | 'principal' | 'operation' | 'resources' | 'createdAt' | 'timesRequested'
>;

/** What this principal asked for and got before, of the same resources, broader patterns and parts of them, by the same operation. */
export interface RequesterHistory {
  readonly firstTime: boolean;
  /** How often it asked in the 24 hours before this request, this one and its repetitions included. */
  readonly requestsInLastDay: number;
  readonly lastApproved?: LastApproved | undefined;
  readonly lastDenied?: LastDenied | undefined;
}

export interface LastApproved {
  readonly at: Date;
  /** An e-mail. Undefined: no person had to decide. */
  readonly by?: string | undefined;
  /** How often the grant was used. */
  readonly uses: number;
}

export interface LastDenied {
  readonly at: Date;
  readonly by: string;
}

/** One line in the history of a resource: who asked for what, and how it ended. */
export interface PastRequest
  extends Pick<Approval, 'id' | 'principal' | 'operation' | 'resources' | 'createdAt'> {
  /** Of the key. */
  readonly requester: string;
  readonly status: ApprovalStatus;
  readonly settledAt?: Date | undefined;
  /** An e-mail. */
  readonly settledBy?: string | undefined;
  /** How often the grant was used; undefined where there was none. */
  readonly uses?: number | undefined;
}
