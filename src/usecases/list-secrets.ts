/** What secrets there are, and what the caller could get of each. Never a value. */

import { coveringPatterns } from '../domain/pattern.js';
import type { Policy } from '../domain/policy.js';
import type { Listed, Page, Store } from '../domain/ports.js';
import type { Result } from '../domain/result.js';
import { type Caller, may } from '../domain/rights.js';
import type { SecretMetadata } from '../domain/secret.js';
import { needScope } from './need-scope.js';

/** `granted`: readable now. `requestable`: a policy lets it be asked for. `none`: no policy covers reading it. */
export type SecretAccess = 'granted' | 'requestable' | 'none';

export interface ListedSecret extends SecretMetadata {
  readonly access: SecretAccess;
}

export type ListSecrets = (caller: Caller, page: Page) => Promise<Result<Listed<ListedSecret>>>;

export function createListSecrets(store: Store): ListSecrets {
  return async (caller, page) => {
    const forbidden = needScope(caller, 'secrets:list');
    if (forbidden) return forbidden;
    const listed = await store.secrets.list(page);
    const items: ListedSecret[] = [];
    for (const secret of listed.items) {
      const access = await accessOf(store, caller, secret.path);
      if (access !== 'hidden') items.push({ ...secret, access });
    }
    return { ok: true, value: { ...listed, items } };
  };
}

/** What the caller could get of one secret; `hidden` is to be told apart from an unknown one by nobody. */
export async function accessOf(
  store: Store,
  caller: Caller,
  path: string,
): Promise<SecretAccess | 'hidden'> {
  const [policy] = await store.policies.matching(coveringPatterns(path));
  if (policy && !policy.listed && !(await mayList(store, caller, policy, path))) return 'hidden';
  if (!policy?.permissions.includes('read')) return 'none';
  const grant = await store.grants.covering(caller.principal.id, policy.id, 'read', [path]);
  return grant ? 'granted' : 'requestable';
}

/** A policy with `listed: false` shows its secrets to who manages them, and to who has a live `list` grant. */
async function mayList(store: Store, caller: Caller, policy: Policy, path: string) {
  if (may(caller, 'secrets:manage')) return true;
  return (
    (await store.grants.covering(caller.principal.id, policy.id, 'list', [path])) !== undefined
  );
}
