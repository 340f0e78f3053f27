/** Earlier requests of any principal for the same resources, for a viewer who may see them. */

import type { ApprovalId } from '../../domain/approval.js';
import type { Person } from '../../domain/person.js';
import { seesAccess } from '../../domain/visibility.js';
import type { PastRequest, Store } from '../../ports/index.js';
import { visibilityOf } from '../authorization/viewer.js';

/** The newest first. Undefined when the person may not see this request. */
export type ReadRequestHistory = (
  person: Person,
  id: ApprovalId,
) => Promise<readonly PastRequest[] | undefined>;

const SHOWN = 10;

export function createReadRequestHistory(
  store: Store,
  defaultApprovers: readonly string[],
): ReadRequestHistory {
  return async (person, id) => {
    const approval = await store.approvals.find(id);
    if (!approval) return undefined;
    const visibility = await visibilityOf({ store, defaultApprovers }, person);
    if (!seesAccess(visibility, approval)) return undefined;
    const past = await store.approvals.pastRequests(approval, SHOWN);
    return past.filter((request) => seesAccess(visibility, request));
  };
}
