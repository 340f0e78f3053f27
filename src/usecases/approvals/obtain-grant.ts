/** A program that uses a secret directly gets its own grant where no person has to be asked. */

import { coveringPatterns } from '../../domain/pattern.js';
import type { Caller } from '../../domain/rights.js';
import { parseResource } from '../../domain/uri.js';
import type { Store } from '../../ports/index.js';
import type { RequestAccess } from './request-access.js';
import { findGrant, type Use } from './use-grant.js';

export type ObtainGrant = (caller: Caller, use: Use) => Promise<void>;

/**
 * Asks as the caller would, with no reason given, and only under a policy that requires no approval: people are never asked this
 * way. Whether there is a grant then is for the use itself to find out, which says why not.
 */
export function createObtainGrant(store: Store, requestAccess: RequestAccess): ObtainGrant {
  return async (caller, use) => {
    const { operation, resource } = use;
    if (!parseResource(resource).ok) return;
    const [policy] = await store.policies.matching(coveringPatterns(resource));
    if (!policy || policy.requiresApproval) return;
    if ((await findGrant(store, caller, use)).ok) return;
    await requestAccess(caller, { resources: [resource], operation, reason: '' });
  };
}
