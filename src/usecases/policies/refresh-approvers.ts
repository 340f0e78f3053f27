/** Asks Slack again for the members of user groups, and for the accounts of approvers that policies name and of owners of keys. */

import type { Reads } from '../../ports/index.js';
import { listKeys } from '../authorization/manage-keys.js';
import type { LinkApprovers } from './link-approvers.js';

export type RefreshApprovers = () => Promise<void>;

/**
 * Runs when Slack is first connected and every few minutes after. An owner gets messages about requests once their account is linked. A group that cannot be refreshed becomes too old to decide by.
 */
export function createRefreshApprovers(
  store: Reads,
  linkApprovers: LinkApprovers,
  defaultApprovers: readonly string[],
): RefreshApprovers {
  return async () => {
    const named = (await store.policies.list()).flatMap(({ approvers = [], escalateTo = [] }) => [
      ...approvers,
      ...escalateTo,
    ]);
    const owners = (await listKeys(store)).flatMap(({ key, ownerEmail }) =>
      key.revokedAt || key.class === 'service' ? [] : [ownerEmail],
    );
    await linkApprovers([...named, ...defaultApprovers, ...owners]);
  };
}
