/** Asks Slack again who is in the user groups that policies name, and who an approver's address belongs to. */

import type { PolicyReads } from '../../ports/index.js';
import type { LinkApprovers } from './link-approvers.js';

export type RefreshApprovers = () => Promise<void>;

/** Run when Slack is first connected and every few minutes after; a group that cannot be refreshed stops counting by itself. */
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
