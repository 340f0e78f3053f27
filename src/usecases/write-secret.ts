/** Store a secret's value, as an operator: `secrets:manage` writes and lists, it does not read. */

import { keyActor } from '../domain/audit-event.js';
import { SECRET_MAX_BYTES } from '../domain/limits.js';
import type { MakeId, Store, Tx, Vault } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { SecretMetadata } from '../domain/secret.js';
import { parseResource } from '../domain/uri.js';
import { needScope } from './need-scope.js';

export type WriteSecret = (
  caller: Caller,
  secret: { readonly path: string; readonly value: Uint8Array },
) => Promise<Result<SecretMetadata>>;

/** Creates the secret or adds a version to it. Answers with metadata; the value goes in and never comes back this way. */
export function createWriteSecret(
  store: Store,
  vault: Vault,
  makeId: MakeId,
  installation: string,
): WriteSecret {
  return async (caller, { path, value }) => {
    const forbidden = needScope(caller, 'secrets:manage') ?? checkPath(path) ?? checkSize(value);
    if (forbidden) return forbidden;
    return store.transaction(async (tx) => {
      const secret = await lockOrCreate(tx, path, makeId);
      if (!secret) return refused({ code: 'already_exists' });
      const version = secret.version + 1;
      const place = { installation, secretId: secret.id, path, version };
      const written = await tx.secrets.addVersion({
        secretId: secret.id,
        version,
        sealed: vault.seal(value, place),
        createdBy: caller.principal.id,
      });
      tx.record({
        type: 'secret_written',
        actor: keyActor(caller),
        resources: [path],
        operation: 'write',
        details: { version },
      });
      return { ok: true, value: written };
    });
  };
}

async function lockOrCreate(tx: Tx, path: string, makeId: MakeId) {
  const known = (await tx.secrets.lock(path)) ?? (await tx.secrets.insert(makeId('scrt'), path));
  // Somebody else may have made it between the two. A path that differs in case is still not found.
  return known ?? tx.secrets.lock(path);
}

function checkPath(path: string) {
  const resource = parseResource(path);
  if (!resource.ok) return resource;
  if (resource.value.kind === 'secrets' || resource.value.kind === 'templates') return undefined;
  return refused({
    code: 'invalid_resource',
    problem: 'a value can be stored under vsecure://secrets/… or vsecure://templates/… only',
  });
}

function checkSize(value: Uint8Array) {
  if (value.length > 0 && value.length <= SECRET_MAX_BYTES) return undefined;
  return refused({
    code: 'invalid_input',
    problem: `A value has 1 to ${SECRET_MAX_BYTES} bytes.`,
  });
}
