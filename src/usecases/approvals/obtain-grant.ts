/** Obtain a grant for a program that uses a secret directly, where the policy requires no approval. */

import type { Caller } from '../../domain/rights.js';
import { parseResource } from '../../domain/uri.js';
import type { Store } from '../../ports/index.js';
import type { RequestAccess } from './request-access.js';
import { findGrant, type Use } from './use-grant.js';

export type ObtainGrant = (caller: Caller, use: Use) => Promise<void>;

/**
 * Requests access without a reason, and only under a policy that requires no approval, so that this never asks a person. It does not
 * return the grant: the later use finds it, or refuses with the reason.
 */
export function createObtainGrant(store: Store, requestAccess: RequestAccess): ObtainGrant {
  return async (caller, use) => {
    const { operation, resource } = use;
    if (!parseResource(resource).ok) return;
    const policy = (await store.policies.covering([resource])).deciding(resource);
    if (!policy || policy.requiresApproval) return;
    if ((await findGrant(store, caller, use)).ok) return;
    await requestAccess(caller, { resources: [resource], operation, reason: '' });
  };
}
