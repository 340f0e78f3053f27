/** Facts about earlier, similar requests that help an approver decide. None of them is an agent's text. */

import type { Approval } from '../domain/approval.js';
import type { ApprovalStatus } from '../domain/vocabulary.js';

/** The request to compare with. A similar request has the same principal, the same operation and a resource in common. */
export type ComparedRequest = Pick<
  Approval,
  'id' | 'principal' | 'operation' | 'resources' | 'createdAt' | 'duration'
>;

/** One line in the history of a resource: who requested what, and the result. */
export interface PastRequest
  extends Pick<Approval, 'id' | 'principal' | 'operation' | 'resources' | 'createdAt'> {
  /** Name of the key. */
  readonly requester: string;
  readonly status: ApprovalStatus;
  readonly sentBack: boolean;
  readonly settledAt?: Date | undefined;
  /** E-mail address. */
  readonly settledBy?: string | undefined;
  /** Number of uses of the grant. Undefined without a grant. */
  readonly uses?: number | undefined;
}
