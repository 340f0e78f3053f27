/** Read a value under an active grant. The audit event is committed before the value is decrypted. If the commit fails, the value is not read. */

import type { GrantId } from '../../domain/grant.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { parseResource } from '../../domain/uri.js';
import type { OpenedRead, ReadLedger, Vault } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';

export interface SecretReference {
  readonly resource: string;
  /** Undefined: the latest version. */
  readonly version?: number | undefined;
}

export interface SecretValue {
  readonly resource: string;
  readonly version: number;
  readonly value: Uint8Array;
  readonly grant: GrantId;
  readonly expiresAt: Date;
}

export type ReadSecret = (
  caller: Caller,
  reference: SecretReference,
) => Promise<Result<SecretValue>>;

/** `stopwatch` is a monotonic clock in ms that continues while the process is suspended. */
export function createReadSecret(
  ledger: ReadLedger,
  vault: Vault,
  stopwatch: () => number,
): ReadSecret {
  return async (caller, { resource, version }) => {
    const forbidden = requireScope(caller, 'grants:use');
    if (forbidden) return forbidden;
    const parsed = parseResource(resource);
    if (!parsed.ok) return parsed;

    const started = stopwatch();
    const answer = await ledger.open({
      principal: caller.principal.id,
      principalName: caller.principal.name,
      key: caller.key.id,
      resource,
      version,
    });
    if (!answer.ok) return answer;
    // If the process was suspended after the commit, the grant may have ended: then do not return the value.
    if (stopwatch() - started >= answer.value.remainingMs)
      return refused({ code: 'grant_ended', how: 'expired' });
    return ok(reveal(vault, answer.value));
  };
}

function reveal(vault: Vault, { place, sealed, grant, grantEndsAt }: OpenedRead): SecretValue {
  return {
    resource: place.path,
    version: place.version,
    value: vault.open(sealed, place),
    grant,
    expiresAt: grantEndsAt,
  };
}
