/** List secrets and the caller's access to each. The list never contains a value. */

import type { Grant } from '../../domain/grant.js';
import type { Policy } from '../../domain/policy/policy.js';
import { createPolicyIndex } from '../../domain/policy/policy-index.js';
import { ok, type Result } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { Listed, SecretPage, Store } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';

/** `granted`: readable now. `requestable`: a policy allows a request. `none`: no policy permits reading. */
export type SecretAccess = 'granted' | 'requestable' | 'none';

export interface ListedSecret extends SecretMetadata {
  readonly access: SecretAccess;
}

export type ListSecrets = (
  caller: Caller,
  page: SecretPage,
) => Promise<Result<Listed<ListedSecret>>>;

export function createListSecrets(store: Store): ListSecrets {
  return async (caller, page) => {
    const forbidden = requireScope(caller, 'secrets:list');
    if (forbidden) return forbidden;
    const [listed, grants] = await Promise.all([
      store.secrets.list(page),
      store.grants.live(caller.principal.id),
    ]);
    const accessTo = await accessLookup(store, caller, grants, pathsOf(listed.items));
    const items: ListedSecret[] = [];
    for (const secret of listed.items) {
      const access = accessTo(secret.path);
      if (access !== 'hidden') items.push({ ...secret, access });
    }
    return ok({ ...listed, items });
  };
}

/** The caller's access to one secret. Callers of the API must not be able to distinguish a `hidden` secret from an unknown one. */
export async function accessOf(
  store: Store,
  caller: Caller,
  path: string,
): Promise<SecretAccessOrHidden> {
  const grants = await store.grants.live(caller.principal.id);
  const accessTo = await accessLookup(store, caller, grants, [path]);
  return accessTo(path);
}

type SecretAccessOrHidden = SecretAccess | 'hidden';

const pathsOf = (secrets: readonly SecretMetadata[]) => secrets.map(({ path }) => path);

/** Reads the policies in one query, and returns a function that computes the access to each path. */
async function accessLookup(
  store: Store,
  caller: Caller,
  grants: readonly Grant[],
  paths: readonly string[],
): Promise<(path: string) => SecretAccessOrHidden> {
  const index = await store.policies.covering(paths);
  const isGranted = grantLookup(grants);
  return (path) => {
    const hasGrant = (operation: Operation, { id }: Policy) => isGranted(id, operation, path);
    const policy = index.deciding(path);
    if (!policy) return 'none';
    // A policy with `listed: false` shows its secrets only to callers with `secrets:manage` or an active `list` grant.
    if (!policy.listed && !may(caller, 'secrets:manage') && !hasGrant('list', policy))
      return 'hidden';
    if (!policy.permissions.includes('read')) return 'none';
    return hasGrant('read', policy) ? 'granted' : 'requestable';
  };
}

/** One index for each policy and operation: a key may have thousands of granted resources, and a page has many paths. */
function grantLookup(grants: readonly Grant[]) {
  const patterns = new Map<string, { readonly uri: string }[]>();
  for (const { policy, operation, resources } of grants) {
    const place = `${policy} ${operation}`;
    const all = patterns.get(place) ?? [];
    patterns.set(place, all);
    all.push(...resources.map((uri) => ({ uri })));
  }
  const indexes = new Map([...patterns].map(([place, all]) => [place, createPolicyIndex(all)]));
  return (policy: Policy['id'], operation: Operation, path: string): boolean =>
    indexes.get(`${policy} ${operation}`)?.deciding(path) !== undefined;
}
