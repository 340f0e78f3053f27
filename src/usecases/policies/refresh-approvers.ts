/** Asks Slack again for the members of user groups and the accounts of approvers that policies name. */

import type { PolicyReads } from '../../ports/index.js';
import type { LinkApprovers } from './link-approvers.js';

export type RefreshApprovers = () => Promise<void>;

/** Runs when Slack is first connected and every few minutes after. A group that cannot be refreshed becomes too old to decide by. */
export function createRefreshApprovers(
  store: { readonly policies: PolicyReads },
  linkApprovers: LinkApprovers,
  defaultApprovers: readonly string[],
): RefreshApprovers {
  return async () => {
    const named = (await store.policies.list()).flatMap(({ approvers = [], escalateTo = [] }) => [
      ...approvers,
      ...escalateTo,
    ]);
    await linkApprovers([...named, ...defaultApprovers]);
  };
}
